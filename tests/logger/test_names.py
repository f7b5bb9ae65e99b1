"""Names in W&B: a measure is told from a player's term, and the dashboard asks for what is logged."""

import pytest

from gan_lab.logger.names import wandb_name


@pytest.mark.parametrize("name", ["generator_steps", "images_seen", "seconds", "critic/loss", "generator/fake"])
def test_terms_and_clocks_keep_their_names(name: str) -> None:
    assert wandb_name(name) == name


def test_measures_are_a_group() -> None:
    assert wandb_name("fid") == "measure/fid"

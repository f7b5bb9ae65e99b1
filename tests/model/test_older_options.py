"""What a configuration from before an option was there means, and which rounds are all the same."""

import pytest

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from tests.fixtures import BuildModel


def test_without_packing_the_critic_sees_one_sample_at_a_time() -> None:
    config = compose_config("model=gan", "data=ring")["model"]
    assert config.pop("packing") == 1
    assert build(config, "model").packing == 1


@pytest.mark.parametrize(
    ("choice", "same"),
    [
        ([], True),
        (["penalty=[gradient]"], True),
        (["model.top_k.share=1", "model.top_k.decay=0.9"], True),
        (["model.top_k.share=0.5", "model.top_k.decay=0.9"], False),
        (["penalty=[lazy_gradient]"], False),
        (["penalty=[lazy_gradient]", "model.top_k.share=1", "model.top_k.decay=0.9"], False),
    ],
)
def test_rounds_differ_where_something_comes_now_and_then(
    build_model: BuildModel, choice: list[str], same: bool
) -> None:
    assert build_model("model=gan", "data=ring", *choice).same_every_round == same

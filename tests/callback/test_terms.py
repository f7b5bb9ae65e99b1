"""What is logged of the objective, and when."""

from typing import Any

import pytest
import torch

from gan_lab.callback.base import StepCallback
from gan_lab.callback.terms import TermLog, averages
from gan_lab.model.turn import Turn
from gan_lab.types import Terms
from tests.callback.runs import Kept, played
from tests.fixtures import BuildModel


class Watched(StepCallback):
    """Notes in which generator steps the model was told to watch."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    def on_generator_step(self, trainer: Any, model: Any) -> None:
        if model.watching:
            self.steps.append(model.generator_steps)


def turn(player: str, minimised: float, **diagnostics: float) -> Turn:
    loss = {"loss": torch.tensor(minimised)}
    return Turn(player, Terms(loss, {name: torch.tensor(value) for name, value in diagnostics.items()}))


def test_each_term_is_averaged_over_the_turns_that_have_it() -> None:
    turns = [turn("critic", 1.0, norm=5.0), turn("critic", 4.0), turn("generator", 7.0, norm=-1.0)]
    expected = {"critic/norm": 5.0, "critic/loss": 2.5, "generator/norm": -1.0, "generator/loss": 7.0}
    assert averages(turns) == expected


def test_every_so_many_steps_are_watched_and_logged(build_model: BuildModel) -> None:
    logger, watched = Kept(), Watched()
    model = build_model("model=gan", "data=ring", "model.n_critic=2")
    played(model, 7, TermLog(every=3), watched, loggers=(logger,))
    assert [*logger.lines] == watched.steps == [3, 6]
    assert [line["generator_steps"] for line in logger.lines.values()] == [3, 6]
    assert [line["images_seen"] for line in logger.lines.values()] == [3 * 64 * 2, 6 * 64 * 2]
    assert all(line["seconds"] > 0 for line in logger.lines.values())
    assert all({"critic/loss", "generator/loss"} <= line.keys() for line in logger.lines.values())


@pytest.mark.parametrize("every", [0, -1])
def test_less_than_every_step_is_refused(every: int) -> None:
    with pytest.raises(ValueError, match=f"every is {every} and must be a whole number of 1 or more"):
        TermLog(every=every)
    assert TermLog(every=1).every == 1


@pytest.mark.parametrize("layers", [False, True])
def test_norms_of_layers_are_logged_where_they_are_asked_for(build_model: BuildModel, layers: bool) -> None:
    logger = Kept()
    played(build_model("model=sngan", "data=ring"), 2, TermLog(every=2, layers=layers), loggers=(logger,))
    assert {"critic/loss", "critic/parameter_gradient_norm", "generator/loss"} <= logger.lines[2].keys()
    of_layers = {"critic/parameter_gradient_norm_layer_1", "critic/spectral_norm_layer_1"}
    assert of_layers & logger.lines[2].keys() == (of_layers if layers else set())

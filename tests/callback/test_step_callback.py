"""Callbacks act once for each generator step, and on no round without one."""

from typing import Any

from gan_lab.callback.base import StepCallback, due
from tests.callback.runs import played
from tests.fixtures import BuildModel


class Steps(StepCallback):
    """Notes the generator steps that it was told of."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    def on_generator_step(self, trainer: Any, model: Any) -> None:
        self.steps.append(model.generator_steps)


def test_each_step_once(build_model: BuildModel) -> None:
    model, steps = build_model("model=gan", "data=ring"), Steps()
    played(model, 3, steps)
    assert steps.steps == [1, 2, 3]
    steps.on_train_batch_end(model.trainer, model, None, None, 0)  # a round without a step of the generator
    assert steps.steps == [1, 2, 3]
    steps.last_step = 0
    steps.on_train_start(model.trainer, model)  # a resumed run has told of its last step before
    steps.on_train_batch_end(model.trainer, model, None, None, 0)
    assert steps.steps == [1, 2, 3]


def test_a_run_without_an_end_is_never_due(build_model: BuildModel) -> None:
    model = build_model("model=gan", "data=ring")
    model.player_steps["generator"] = 10
    assert not due(model, 10)

"""When things happen over a run."""

from typing import Any

import pytest

from gan_lab.callback.base import due
from tests.fixtures import BuildModel


def steps_due(model: Any, length: int, times: int) -> list[int]:
    model.run_length = length
    found = []
    for step in range(1, length + 1):
        model.player_steps["generator"] = step
        if due(model, times):
            found.append(step)
    return found


@pytest.mark.parametrize(("length", "times"), [(100, 10), (997, 10), (7, 3), (15625, 20), (10, 10)])
def test_so_many_times_evenly_and_at_the_end(build_model: BuildModel, length: int, times: int) -> None:
    steps = steps_due(build_model("model=gan", "data=ring"), length, times)
    assert len(steps) == times
    assert steps[-1] == length
    gaps = [b - a for a, b in zip([0, *steps], steps, strict=False)]
    assert max(gaps) - min(gaps) <= 1


def test_in_every_step_of_a_run_that_is_shorter(build_model: BuildModel) -> None:
    assert steps_due(build_model("model=gan", "data=ring"), 3, 10) == [1, 2, 3]

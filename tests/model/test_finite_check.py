"""Non-finite terms stop a run and name themselves."""

from typing import Any

import pytest
import torch

from gan_lab.errors import NonFiniteError
from gan_lab.model.finite_check import FiniteCheck
from tests.short_runs import fit


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_names_term_and_step(value: float) -> None:
    check = FiniteCheck(every=1, remedy="rest")
    check.add("round 6", {"critic/real": torch.tensor(1.0)})
    with pytest.raises(NonFiniteError, match=r"critic/fake is not finite in round 7: .*; rest"):
        check.add("round 7", {"critic/real": torch.tensor(1.0), "critic/fake": torch.tensor(value)})


def test_looks_when_it_is_time_or_asked() -> None:
    check = FiniteCheck(every=3, remedy="rest")
    check.add("round 1", {"a": torch.tensor(float("nan"))})
    check.add("round 2", {"a": torch.tensor(1.0)})
    with pytest.raises(NonFiniteError, match="round 1"):
        check.look()
    check.look()  # nothing unseen is left


def test_a_wish_to_stop_is_agreed_with_the_next_look() -> None:
    check = FiniteCheck(every=1, remedy="rest")
    check.stop_wanted = True
    assert not check.stop_agreed
    check.add("round 1", {"a": torch.tensor(1.0)})
    assert check.stop_agreed


def test_a_training_that_diverges_stops(build_model: Any) -> None:
    model = build_model("model=wgan_gp", "data=ring", "optimizer.lr=1e30")
    with pytest.raises(NonFiniteError, match=r"(critic|generator)/\w+ is not finite in generator step \d"):
        fit(model, rounds=50)
    assert model.generator_steps < 50

"""Non-finite terms stop a run and name themselves."""

from typing import Any

import pytest
import torch

from gan_lab.errors import NonFiniteError
from gan_lab.model.agreement import Agreement
from tests.short_runs import fit


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_names_term_and_step(value: float) -> None:
    agreement = Agreement(every=1)
    agreement.add(6, {"critic/real": torch.tensor(1.0)})
    with pytest.raises(NonFiniteError, match="critic/fake is not finite in generator step 7"):
        agreement.add(7, {"critic/real": torch.tensor(1.0), "critic/fake": torch.tensor(value)})


def test_looks_when_it_is_time_or_asked() -> None:
    agreement = Agreement(every=3)
    agreement.add(1, {"a": torch.tensor(float("nan"))})
    agreement.add(2, {"a": torch.tensor(1.0)})
    with pytest.raises(NonFiniteError, match="step 1"):
        agreement.look()
    agreement.look()  # nothing unseen is left


def test_a_wish_to_stop_is_agreed_with_the_next_look() -> None:
    agreement = Agreement(every=1)
    agreement.stop_wanted = True
    assert not agreement.stop_agreed
    agreement.add(1, {"a": torch.tensor(1.0)})
    assert agreement.stop_agreed


def test_a_training_that_diverges_stops(build_model: Any) -> None:
    model = build_model("model=wgan_gp", "data=ring", "optimizer.lr=1e30")
    with pytest.raises(NonFiniteError, match=r"(critic|generator)/\w+ is not finite in generator step \d"):
        fit(model, rounds=50)
    assert model.generator_steps < 50

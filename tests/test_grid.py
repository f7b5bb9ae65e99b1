"""Any loss with any penalty and any prior: it trains, or is refused with a reason."""

from collections.abc import Iterable
from copy import deepcopy
from itertools import combinations
from typing import Any

import pytest
import torch

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.errors import GanLabError
from tests.config.test_conf import options
from tests.short_runs import fit

OF_ENERGIES = {
    "energy_margin": ("model=ebgan", "penalty=[]", "model.pretraining_epochs=0", "model.loss.relative=false"),
    "boundary_equilibrium": ("model=began",),
}
"""Losses that want an autoencoder for a critic, with the module that brings it."""
LOSSES, PENALTIES, PRIORS = options("loss"), [*options("penalty"), "none"], options("prior")


def pairwise() -> dict[str, list[tuple[str, str]]]:
    """By loss its penalties, each with one prior, such that every pair of choices is in some combination.

    The prior moves on with the loss and with the penalty: both run through all priors beside every choice of the other.
    """
    return {
        loss: [(penalty, PRIORS[(i + j) % len(PRIORS)]) for j, penalty in enumerate(PENALTIES)]
        for i, loss in enumerate(LOSSES)
    }


def test_every_pair_of_choices_is_in_some_combination() -> None:
    met = {
        pair
        for loss, others in pairwise().items()
        for penalty, prior in others
        for pair in combinations((("loss", loss), ("penalty", penalty), ("prior", prior)), 2)
    }
    assert len(met) == len(LOSSES) * len(PENALTIES) + len(LOSSES) * len(PRIORS) + len(PENALTIES) * len(PRIORS)


@pytest.fixture(scope="module")
def parts() -> dict[str, dict[str, Any]]:
    """The configuration of every loss, penalty and prior on the ring, each composed once."""

    def model(*overrides: str) -> dict[str, Any]:
        return compose_config("model=gan", "data=ring", "model.prior.dim=2", *overrides)["model"]

    return {
        "loss": {name: model(*OF_ENERGIES.get(name, (f"loss={name}",))) for name in LOSSES},
        "penalty": {name: model("penalty=[]" if name == "none" else f"penalty=[{name}]") for name in PENALTIES},
        "prior": {name: model(f"prior={name}") for name in PRIORS},
    }


@pytest.mark.slow
@pytest.mark.parametrize("loss", LOSSES)
def test_every_pair_of_choices_trains_three_finite_rounds_or_is_refused(parts: Any, loss: str) -> None:
    trained = how_many_train(parts, loss, pairwise()[loss])
    assert trained >= (2 if loss.startswith("class") else 12), "a scalar loss goes with nearly all, others with some"


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_combination_trains_three_finite_rounds_or_is_refused(parts: Any, loss: str, prior: str) -> None:
    trained = how_many_train(parts, loss, [(penalty, prior) for penalty in PENALTIES])
    refused = loss.startswith("class") or prior == "labelled"
    assert trained >= (0 if refused else 5), "a scalar loss goes with most penalties"


def how_many_train(parts: Any, loss: str, others: Iterable[tuple[str, str]]) -> int:
    """Tries the loss with these penalties and priors; returns how many combinations were not refused."""
    trained, reasons = 0, []
    for penalty, prior in others:
        config = deepcopy(parts["loss"][loss])
        config["prior"] = deepcopy(parts["prior"][prior]["prior"])
        config["generator"] = config["generator"] | {"classes": parts["prior"][prior]["generator"].get("classes", 0)}
        for kind in ("penalties", "constraints"):
            config[kind] = deepcopy(parts["penalty"][penalty][kind])
        torch.manual_seed(0)
        try:
            model = build(config, "model")
        except GanLabError as error:
            reasons.append(str(error))
            continue
        fit(model, rounds=3)
        assert model.generator_steps == 3
        values = [value for turn in model.played for value in turn.terms.minimised.values()]
        assert torch.stack(values).isfinite().all(), (loss, penalty, prior)
        assert all(value.isfinite().all() for value in model.state_dict().values()), (loss, penalty, prior)
        trained += 1
    assert all(len(reason) > 40 and len(reason.splitlines()) == 1 for reason in reasons), reasons
    return trained

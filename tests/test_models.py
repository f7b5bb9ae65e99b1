"""Every variant is a Lightning module that trains."""

from typing import Any

import pytest
import torch
from lightning import LightningModule

from tests.config.test_conf import options
from tests.short_runs import fit

KINDS = ("gan", "cgan_wgan_gp", "ebgan", "gmgan_static", "mmgan", "flow_matching")
"""What asks networks for something of their own: one score, labels, an autoencoder, a score a class, an encoder, a
velocity."""


def networks_of(variant: str) -> list[Any]:
    """Every variant with every network, one of each kind of variant by day."""
    return [
        pytest.param(variant, network, marks=() if variant in KINDS else pytest.mark.nightly)
        for network in ("mlp", "dcgan", "infogan", "resnet", "mlp_2d")
    ]


@pytest.mark.parametrize(("variant", "network"), [case for name in options("model") for case in networks_of(name)])
def test_every_variant_builds_and_is_trained_by_hand(build_model: Any, variant: str, network: str) -> None:
    model = build_model(f"model={variant}", f"network={network}", "data=digits")
    assert isinstance(model, LightningModule)
    assert not model.automatic_optimization


@pytest.mark.parametrize("variant", options("model"))
def test_every_variant_trains_three_finite_rounds(build_model: Any, variant: str) -> None:
    shorter = ("model.pretraining_epochs=0.01",) if variant == "ebgan" else ()
    model = build_model(f"model={variant}", "data=ring", *shorter)
    fit(model, rounds=3)
    assert model.generator_steps == 3
    assert all(value.isfinite().all() for value in model.state_dict().values())
    values = [v for turn in model.played for v in (turn.terms.minimised | turn.terms.diagnostics).values()]
    assert torch.stack(values).isfinite().all()

"""Every variant is a Lightning module that trains."""

from typing import Any

import pytest
import torch
from lightning import LightningModule

from tests.cli.test_conf import options
from tests.short_runs import fit


@pytest.mark.parametrize("variant", options("model"))
@pytest.mark.parametrize("network", ["mlp", "dcgan", "infogan", "mlp_2d"])
def test_every_variant_builds_and_is_trained_by_hand(build_model: Any, variant: str, network: str) -> None:
    model = build_model(f"model={variant}", f"network={network}", "data=digits")
    assert isinstance(model, LightningModule)
    assert not model.automatic_optimization


@pytest.mark.parametrize("variant", options("model"))
def test_every_variant_trains_three_finite_rounds(build_model: Any, variant: str) -> None:
    model = build_model(f"model={variant}", "data=ring")
    fit(model, rounds=3)
    assert model.generator_steps == 3
    assert all(value.isfinite().all() for value in model.state_dict().values())
    values = [v for turn in model.played for v in (turn.terms.minimised | turn.terms.diagnostics).values()]
    assert torch.stack(values).isfinite().all()

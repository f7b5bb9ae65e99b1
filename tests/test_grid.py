"""Any loss with any penalty and any prior: it trains, or is refused with a reason."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import torch

from gan_lab.build import build
from gan_lab.errors import GanLabError
from tests.cli.test_conf import options
from tests.short_runs import fit

OF_ENERGIES = {
    "energy_margin": ("model=ebgan", "penalty=[]", "model.pretraining_epochs=0", "model.loss.relative=false"),
    "boundary_equilibrium": ("model=began",),
}
"""Losses that want an autoencoder for a critic, with the module that brings it."""


@pytest.fixture(scope="module")
def parts() -> Iterator[dict[str, dict[str, Any]]]:
    """The configuration of every loss, penalty and prior on the ring, each composed once."""
    from hydra import compose, initialize_config_dir
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import OmegaConf

    from gan_lab.cli.conf_dir import CONF_DIR

    def model(*overrides: str) -> dict[str, Any]:
        told = ["model=gan", "data=ring", "model.prior.dim=2", *overrides, "hydra.runtime.output_dir=unused"]
        config = compose("config", overrides=told, return_hydra_config=True)
        HydraConfig.instance().set_config(config)
        return OmegaConf.to_container(config.model, resolve=True)  # type: ignore[return-value]

    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        yield {
            "loss": {name: model(*OF_ENERGIES.get(name, (f"loss={name}",))) for name in options("loss")},
            "penalty": {name: model(f"penalty=[{name}]") for name in options("penalty")}
            | {"none": model("penalty=[]")},
            "prior": {name: model(f"prior={name}") for name in options("prior")},
        }
    HydraConfig.instance().cfg = None


@pytest.mark.slow
@pytest.mark.parametrize("prior", options("prior"))
@pytest.mark.parametrize("loss", options("loss"))
def test_every_combination_trains_three_finite_rounds_or_is_refused(parts: Any, loss: str, prior: str) -> None:
    trained, reasons = 0, []
    for penalty, with_penalty in parts["penalty"].items():
        config = deepcopy(parts["loss"][loss])
        config["prior"] = deepcopy(parts["prior"][prior]["prior"])
        config["generator"] = config["generator"] | {"classes": parts["prior"][prior]["generator"].get("classes", 0)}
        config["penalties"], config["constraints"] = with_penalty["penalties"], with_penalty["constraints"]
        torch.manual_seed(0)
        try:
            model = build(deepcopy(config), "model")
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
    refused = loss.startswith("class") or prior == "labelled"
    assert trained >= (0 if refused else 5), "a scalar loss goes with most penalties"

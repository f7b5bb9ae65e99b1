"""The averaged generator has its own statistics of batch norm wherever it is used."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gan_lab.callback.checkpoints import save_checkpoint
from gan_lab.network.batch_norm import normalised
from tests.present import present
from tests.short_runs import ring, trainer

BuildModel = Callable[..., Any]
SMALL = ("data=ring", "network=mlp_2d", "model=gan", "model.generator.norm=batch", "optimizer.lr=0.01")
CODES = 20_000


def trained(build_model: BuildModel, path: Path) -> Any:
    """A model after six rounds with large steps, saved; its average lags behind."""
    model = build_model(*SMALL)
    model.run_length = 6
    player = trainer()
    player.fit(model, datamodule=ring())
    save_checkpoint(player, model, path)
    return model


def by_momentum_one(model: Any) -> list[tuple[Tensor, Tensor]]:
    """The mean and variance of each layer's inputs over many codes of the averaged prior, by torch's own batch norm."""
    generator = deepcopy(model.averaged_generator)
    for layer in normalised(generator):
        layer.momentum = 1.0
    codes = model.averaged_prior.sample(CODES, torch.Generator().manual_seed(7))
    with torch.no_grad():
        generator.train()(codes.z, codes.component)
    return [(present(layer.running_mean), present(layer.running_var)) for layer in normalised(generator)]


def test_they_are_those_of_many_codes_of_the_averaged_prior(build_model: BuildModel, tmp_path: Path) -> None:
    model = trained(build_model, tmp_path / "last.ckpt")
    found, copied = normalised(model.averaged_generator), normalised(model.generator)
    for layer, raw, (mean, var) in zip(found, copied, by_momentum_one(model), strict=True):
        own, of_the_raw = ((present(of.running_mean) - mean).norm() / var.sqrt().norm() for of in (layer, raw))
        assert own < 0.02
        assert of_the_raw > 3 * own
        torch.testing.assert_close(present(layer.running_var), var, rtol=0.1, atol=0.0)


def test_checkpoints_have_them(build_model: BuildModel, tmp_path: Path) -> None:
    model = trained(build_model, tmp_path / "last.ckpt")
    saved = torch.load(tmp_path / "last.ckpt", weights_only=True)["state_dict"]
    kept = {name: value.clone() for name, value in model.state_dict().items() if name.startswith("average.")}
    model.set_statistics()
    assert any("running_mean" in name for name in kept)
    for name, value in kept.items():
        assert torch.equal(saved[name], value), name
        assert torch.equal(model.state_dict()[name], value), name

"""Models that nobody trained, in folders as a user has them."""

from pathlib import Path
from typing import Any

import torch
from torch import nn

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.model.base import AdversarialModule
from gan_lab.trained_model import TrainedModel


def stir(network: nn.Module) -> None:
    """Gives the norms of a network statistics and weights that are not those of the start, and its layers large
    weights."""
    for layer in network.modules():
        if isinstance(layer, nn.Linear | nn.ConvTranspose2d):
            nn.init.normal_(next(layer.parameters()) if hasattr(layer, "parametrizations") else layer.weight, 0.0, 0.2)
        if isinstance(layer, nn.modules.batchnorm._BatchNorm):
            nn.init.uniform_(layer.running_mean, -1, 1)  # type: ignore[arg-type]
            nn.init.uniform_(layer.running_var, 0.5, 2)  # type: ignore[arg-type]
        if isinstance(layer, nn.modules.batchnorm._BatchNorm | nn.LayerNorm | nn.GroupNorm):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.uniform_(layer.bias, -0.5, 0.5)


def module_of(config: dict[str, Any]) -> AdversarialModule:
    """The model of a configuration, whose batch norms have seen something and whose weights are not small."""
    torch.manual_seed(0)
    model: AdversarialModule = build(config["model"], "model", AdversarialModule)
    generator, prior = model.averaged_networks
    stir(generator)
    for name, values in prior.named_parameters():
        nn.init.normal_(values, 0.0, 1.0 if name == "means" else 0.5)
    return model.eval()


def saved(folder: Path, *words: str) -> Path:
    """The folder of the model of a command line, as `Model.save` writes it."""
    config = compose_config(*words)
    names = {word.partition("=")[0]: word.partition("=")[2] for word in words}
    config |= {"variant": names["model"], "dataset": names["data"]}
    trained = TrainedModel(module_of(config), config, {}, folder / "none.ckpt", {"generator_steps": 1})
    trained.write(folder)
    return folder

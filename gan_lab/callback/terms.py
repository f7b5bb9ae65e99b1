"""Logs every term of the objective, by name."""

import re
from collections import defaultdict
from typing import Any, final

import torch
from lightning import Trainer
from torch import Tensor

from gan_lab.callback.base import StepCallback, log
from gan_lab.distributed.ranks import average
from gan_lab.domains import PositiveInt
from gan_lab.model.generative import GenerativeModule
from gan_lab.model.turn import Turn

LAYER = re.compile(r"_layer_\d+$")


@final
class TermLog(StepCallback):
    """Logs the last round's terms and diagnostics every `every` generator steps, averaged over a player's turns.

    Names are `player/term`. `layers` says whether norms of single layers are logged, `player/term_layer_1`. With
    several processes the values are the mean over all of them.
    """

    def __init__(self, *, every: PositiveInt, layers: bool = True) -> None:  # older runs have no option `layers`
        self.every = every
        self.layers = layers

    def on_train_batch_start(self, trainer: Trainer, pl_module: Any, batch: Any, batch_idx: int) -> None:
        pl_module.watching = (pl_module.generator_steps + 1) % self.every == 0

    def on_generator_step(self, trainer: Trainer, model: GenerativeModule) -> None:
        if model.generator_steps % self.every == 0:
            values = averages(model.played)
            log(trainer, model, {name: values[name] for name in values if self.layers or not LAYER.search(name)})


def averages(turns: list[Turn]) -> dict[str, float]:
    """Returns the mean of each named scalar over the turns that have it, and over all processes."""
    values: dict[str, list[Tensor]] = defaultdict(list)
    for turn in turns:
        for name, value in (turn.terms.diagnostics | turn.terms.minimised).items():
            values[f"{turn.player}/{name}"].append(value)
    means = torch.stack([torch.stack(found).mean() for found in values.values()])
    return dict(zip(values, average(means).tolist(), strict=True))

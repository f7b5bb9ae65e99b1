"""The ways of samplers that move codes, prepared for a page."""

from collections.abc import Sequence
from typing import Any

import torch

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.data.base import DataModule
from gan_lab.errors import GanLabError
from gan_lab.explore.half_precision import halved, single
from gan_lab.sampler.base import Sampler
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.moving import SHOWN, snapshots
from gan_lab.trained_model import TrainedModel
from gan_lab.types import Latent

MOVING = {"ddls": "n_steps", "dot": "n_updates", "dgflow": "n_steps"}
"""The samplers, and what their numbers of steps are called."""
SEED = 1


def ways(trained: TrainedModel, data: DataModule) -> list[dict[str, Any]]:
    """Returns for each sampler its name with the codes of ten samples at each recorded step and the critic's realness
    of their images, or with the sentence in which it refuses this model.

    The samplers have the settings of their yamls, and what they prepare is kept beside the checkpoint.
    """
    return [way(name, trained, data) for name in MOVING]


def way(name: str, trained: TrainedModel, data: DataModule) -> dict[str, Any]:
    """Returns the way of one sampler as data of a page."""
    try:
        sampler: Sampler = build(
            compose_config(f"sampler={name}", root="sample", keys=["sampler"])["sampler"], "sampler"
        )
        trained.prepare(sampler, data)
        drawn = trained.draw(sampler, SHOWN, SEED)
    except GanLabError as error:
        return {"name": name, "refused": str(error)}
    steps = sampler.stated()[MOVING[name]]
    prior = sampler.context.prior
    component = drawn.path[0].component
    return {
        "name": name,
        "count": SHOWN,
        "steps": [*snapshots(steps), steps],
        "component": None if component is None else component.tolist(),
        "e": halved(torch.stack([prior.standard(latent) for latent in drawn.path])),
        "score": single(torch.stack(realness(sampler.context, drawn.path))),
    }


def realness(context: SamplingContext, path: Sequence[Latent]) -> list[torch.Tensor]:
    """Returns the critic's realness of the images at each step."""
    with context.evaluating():
        return [
            context.loss.realness(context.judge(context.generate(latent)).score, latent.component) for latent in path
        ]

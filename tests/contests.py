"""Contests between given scores, for tests of losses."""

import torch
from torch import Tensor

from gan_lab.noise import IndexedNoise
from gan_lab.types import Contest, CriticOutput, Latent


def contest(real: Tensor, fake: Tensor, *, labels: Tensor | None = None, component: Tensor | None = None) -> Contest:
    """A contest whose critic gave these scores, [b] or [b k]."""
    real, fake = (score[:, None] if score.ndim == 1 else score for score in (real, fake))
    return Contest(
        fake=torch.zeros(len(fake), 2),
        on_fake=CriticOutput(fake, torch.zeros(len(fake), 1)),
        latent=Latent(torch.zeros(len(fake), 1), component),
        noise=IndexedNoise(("test",), torch.device("cpu")),
        real=torch.zeros(len(real), 2),
        on_real=CriticOutput(real, torch.zeros(len(real), 1)),
        labels=labels,
    )


def total(terms: dict[str, Tensor]) -> Tensor:
    """The sum of the minimised terms."""
    return torch.stack(list(terms.values())).sum()

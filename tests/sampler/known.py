"""Problems whose answers are known: generators and critics in closed form, in a real module, with real points."""

from collections.abc import Callable
from functools import partial
from math import log
from typing import Any

import torch
from torch import Tensor, nn

from gan_lab.data.base import DataModule, Samples
from gan_lab.data.ring import Ring
from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.non_saturating import NonSaturating
from gan_lab.model.gan import GAN
from gan_lab.network.base import Critic, Generator
from gan_lab.prior.base import LatentPrior
from gan_lab.prior.normal import Normal
from gan_lab.sampler.base import Sampler
from gan_lab.sampler.direct import Direct
from gan_lab.types import CriticOutput, SampleResult


class Affine(Generator):
    """G(z) = scale z + shift."""

    def __init__(self, dim: int, scale: float = 1.0, shift: float = 0.0) -> None:
        super().__init__(latent_dim=dim, shape=(dim,))
        self.scale, self.shift = nn.Parameter(torch.tensor(scale)), nn.Parameter(torch.tensor(shift))

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        return self.scale * z + self.shift


class Through(Generator):
    """G(z) = function(z), in as many dimensions."""

    def __init__(self, dim: int, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__(latent_dim=dim, shape=(dim,))
        self.function = function
        self.unused = nn.Parameter(torch.zeros(()))

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        return self.function(z)


class Told(Critic):
    """s(x) = times function(x) + plus."""

    def __init__(
        self, dim: int, function: Callable[[Tensor], Tensor], times: float = 1.0, plus: float = 0.0, outputs: int = 1
    ) -> None:
        super().__init__(shape=(dim,), outputs=outputs)
        self.function = function
        self.times, self.plus = nn.Parameter(torch.tensor(times)), nn.Parameter(torch.tensor(plus))

    def forward(self, images: Tensor) -> CriticOutput:
        score = self.times * self.function(images).view(len(images), self.outputs) + self.plus
        return CriticOutput(score, images)


class Points(DataModule):
    """Given points; the same ones train, validate and test."""

    def __init__(self, values: Tensor, labels: Tensor | None = None, num_classes: int = 0) -> None:
        super().__init__(shape=tuple(values.shape[1:]), num_classes=num_classes, batch_size=64, seed=1, split_seed=0)
        self.points = Samples(values, labels)
        self.setup()

    def load(self) -> tuple[Samples, Samples, Samples]:
        return self.points, self.points, self.points


def small_ring(train: int = 2000, validation: int = 600) -> Ring:
    """The ring with fewer points."""
    data = Ring(shape=(2,), num_classes=8, batch_size=64, seed=1, split_seed=0)
    data.setup()
    data.train, data.validation = data.train.subset(slice(train)), data.validation.subset(slice(validation))
    return data


def normal_points(n: int = 10_000, dim: int = 1, mean: float = 0.0, std: float = 1.0) -> Points:
    """Draws from N(mean, std^2) in each coordinate."""
    return Points(mean + std * torch.randn(n, dim, generator=torch.Generator().manual_seed(11)))


def module(
    generator: Generator,
    critic: Critic,
    prior: LatentPrior | None = None,
    loss: AdversarialLoss | None = None,
    packing: int = 1,
) -> GAN:
    """The module that `model=gan` builds, of these parts; its average is the generator itself."""
    adam: Any = partial(torch.optim.Adam, lr=1e-3)
    return GAN(
        generator=generator,
        critic=critic,
        prior=prior or Normal(dim=generator.latent_dim),
        loss=loss or NonSaturating(),
        penalties={},
        constraints={},
        optimizers={"critic": adam, "generator": adam},
        n_critic=1,
        ema_decay=0.0,
        seed=1,
        packing=packing,
    )


def seeded(seed: int = 3) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def drawn(sampler: Sampler, model: GAN, data: DataModule, n: int, seed: int = 3, **more: Any) -> SampleResult:
    """prepare and sample, as in real use."""
    sampler.prepare(model, data)
    return sampler.sample(n, seeded(seed), **more)


def plain(batch_size: int = 20_000) -> Direct:
    return Direct(batch_size=batch_size)


def narrower(x: Tensor) -> Tensor:
    """log N(x; 0, 1) - log N(x; 0, 4), whose largest value is log 2 at x = 0."""
    return (log(2) - 3 / 8 * x.square()).sum(1)


def wide_generator(**critic: Any) -> GAN:
    """p_g = N(0, 4) and p_d = N(0, 1), one number each, with the exact critic (or `times` and `plus` of it)."""
    return module(Affine(1, scale=2.0), Told(1, narrower, **critic))


def variance_error(variance: float, n: int, sigmas: float = 4.5) -> float:
    """So many standard errors of the variance of n normal numbers."""
    return sigmas * variance * (2 / n) ** 0.5

"""The procedure of energy-based GANs: the critic, an autoencoder, is pre-trained on real samples."""

from collections.abc import Iterator, Mapping
from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gan_lab.domains import NonNegative
from gan_lab.loss.energy_margin import EnergyMargin
from gan_lab.maths.float32 import at_least_single
from gan_lab.model.base import AdversarialModule
from gan_lab.model.packing import packed
from gan_lab.model.turn import Turn
from gan_lab.network.autoencoder import Autoencoder
from gan_lab.network.modes import evaluation_mode, frozen
from gan_lab.noise import seed_of
from gan_lab.types import Batch, Terms

NOISE = 64
"""Samples of noise whose energy is logged."""
MEASURED = 10_000  # the largest number of training samples whose mean energy is the unit of a relative margin


@final
class EBGAN(AdversarialModule):
    """The critic, an autoencoder, first learns to reconstruct real samples; then both players play as in `GAN`.

    Pre-training takes `pretraining_epochs` passes over the training data. Its rounds have only turns of the critic,
    which minimises L = E e(x) with the energy e = -score. They count in `rounds`, `critic_steps` and `images_seen` but
    not in `generator_steps`, so that the run becomes longer by them. Schedules of the learning rate, a warm-up among
    them, begin after pre-training; up to there it is the optimizer's own. Nothing is logged or measured before the
    generator's first turn. A resumed run finds its place in pre-training by `images_seen`. When pre-training ends, the
    unit of a relative margin is fixed: the mean energy of the training samples, of at most 10,000 of them.

    Diagnostic `energy_noise`: the mean energy of samples whose values are uniform in [-1, 1]. An autoencoder should
    have low energies on the data alone.

    Serves `ebgan` (Zhao, Mathieu & LeCun 2017, arXiv 1609.03126). Deviation: the paper does not pre-train; source
    document 002 does.
    """

    made_for: Mapping[str, type[nn.Module]] = {"critic": Autoencoder, "loss": EnergyMargin}
    loss: EnergyMargin

    def __init__(self, *, pretraining_epochs: NonNegative, **base: Any) -> None:
        super().__init__(**base)
        if self.loss.relative and pretraining_epochs == 0:
            raise ValueError("a relative margin is measured after pre-training: set pretraining_epochs above 0")
        self.pretraining_epochs = pretraining_epochs

    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        if self.images_seen < self.pretraining_images:
            yield from self.pretraining(batches)
            return
        for batch in batches[: self.n_critic]:
            yield self.critic_turn(self.critic_contest(batch))
        with frozen(self.critic):
            yield self.generator_turn(self.generator_contest(batches[-1]))

    def pretraining(self, batches: list[Batch]) -> Iterator[Turn]:
        """Yields the turns of one round of reconstruction; after the last round, measures the margin's unit."""
        for batch in batches:
            energy = -self.judged(packed(batch.images, self.packing)).score.mean()
            yield Turn("critic", Terms({"real": energy}, {"energy_real": energy.detach()}), after=self.constrain)
        images = sum(len(batch.images) for batch in batches) * self.world_size
        if self.loss.relative and self.images_seen + images >= self.pretraining_images:
            self.loss.unit.copy_(self.energy_of_training_samples())

    def scheduled(self, player: str, optimizer: Any) -> dict[str, Float[Tensor, ""]]:
        """Leaves the learning rate as it is in pre-training, in which the clock of schedules stands still."""
        return {} if self.images_seen < self.pretraining_images else super().scheduled(player, optimizer)

    def watch(self, player: str) -> dict[str, Float[Tensor, ""]]:
        found = super().watch(player)
        return found | {"energy_noise": self.energy_of_noise()} if player == "critic" else found

    @torch.no_grad()
    def energy_of_noise(self) -> Float[Tensor, ""]:
        """Returns the mean energy of uniform noise, which is new in each round and draws from no stream of training."""
        random = torch.Generator(self.device).manual_seed(seed_of("noise energy", self.seed, self.rounds))
        noise = 2 * torch.rand(NOISE, *self.critic.shape, generator=random, device=self.device) - 1
        with evaluation_mode(self.critic):
            return -self.judged(noise).score.mean()

    @property
    def pretraining_images(self) -> int:
        """The number of reals that pre-training uses, over all processes."""
        return round(self.pretraining_epochs * len(self.trainer.datamodule.train))  # type: ignore[attr-defined]

    @torch.no_grad()
    def energy_of_training_samples(self) -> Float[Tensor, ""]:
        """Returns the mean energy of the first training samples without dropout, which is the same on every rank."""
        train, size = self.trainer.datamodule.train, self.packing  # type: ignore[attr-defined]
        samples = train.subset(slice(min(len(train), MEASURED) // size * size))
        self.critic.eval()
        parts = [samples.batch(which).images for which in torch.arange(len(samples)).split(500 * size)]
        scores = torch.cat([self.critic(packed(images.to(self.device), size)).score for images in parts])
        self.critic.train()
        return -at_least_single(scores).mean()

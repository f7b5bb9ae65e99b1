"""The random numbers of samples that are drawn together."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.noise import seed_of
from gan_lab.prior.base import LatentPrior
from gan_lab.types import Latent


@dataclass(frozen=True)
class Draws:
    """Random numbers indexed by sample: every draw is made for all n samples, and the `chosen` ones get theirs.

    So a sample does not depend on which others are drawn beside it, on batches or on processes. Draws are named, not
    streamed: the same name gives the same numbers again. `attempts` say which proposal of the sample this is, one
    number for each sampler inside another. The first attempt's codes are those of the plain generator.
    """

    first: Latent
    seed: int
    chosen: Int[Tensor, " m"]
    component: Int[Tensor, " n"] | None = None
    attempts: tuple[int, ...] = ()

    @classmethod
    def of(
        cls,
        prior: LatentPrior,
        n: int,
        generator: torch.Generator,
        chosen: Int[Tensor, " m"] | None = None,
        component: Int[Tensor, " n"] | None = None,
    ) -> "Draws":
        """What the generator's state determines for n samples, of the components given or of random ones."""
        first = prior.sample(n, generator, component)
        seed = int(torch.randint(2**62, (), generator=generator, device=generator.device))
        every = torch.arange(n, device=generator.device)
        return cls(first, seed, every if chosen is None else chosen, component)

    def __len__(self) -> int:
        return len(self.chosen)

    def only(self, which: Int[Tensor, " k"]) -> "Draws":
        """Those of the chosen at the positions `which`."""
        return replace(self, chosen=self.chosen[which])

    def at(self, chosen: Int[Tensor, " k"]) -> "Draws":
        """These of the n samples."""
        return replace(self, chosen=chosen)

    def attempt(self, number: int) -> "Draws":
        """The next try of the same samples, with other random numbers, whose own tries start from 0."""
        return replace(self, attempts=(*self.attempts, number))

    def codes(self, prior: LatentPrior) -> Latent:
        """A code of the prior for each."""
        drawn = self.first
        if any(self.attempts):
            drawn = prior.sample(len(self.first.z), self.generator("codes"), self.component)
        return drawn.map(lambda every: every[self.chosen])

    def uniform(self, *name: str | int) -> Float[Tensor, " m"]:
        """U[0, 1), one for each."""
        n = len(self.first.z)
        return torch.rand(n, generator=self.generator(*name), device=self.chosen.device)[self.chosen]

    def normal(self, *name: str | int) -> Float[Tensor, "m d"]:
        """N(0, I), as many numbers as a code has for each."""
        n, d = self.first.z.shape
        return torch.randn(n, d, generator=self.generator(*name), device=self.chosen.device)[self.chosen]

    def generator(self, *name: str | int) -> torch.Generator:
        key = seed_of(self.seed, *name, "attempts", *self.attempts)
        return torch.Generator(self.chosen.device).manual_seed(key)

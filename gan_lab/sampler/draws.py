"""The random numbers of samples, indexed by sample."""

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

    So a sample does not depend on batches, on processes or on the samples that are drawn with it. Draws have names, and
    the same name always gives the same numbers. `attempts` numbers the proposals of each sample, with one number for
    each nested sampler. The codes of the first attempt are those of `direct` for as many samples as are drawn: n, or
    where whole batches are drawn (`Sampler.whole`), n rounded up to a multiple of their size.
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
        """Returns the draws that the generator's state determines for n samples, of given or random components."""
        first = prior.sample(n, generator, component)
        seed = int(torch.randint(2**62, (), generator=generator, device=generator.device))
        every = torch.arange(n, device=generator.device)
        return cls(first, seed, every if chosen is None else chosen, component)

    def __len__(self) -> int:
        return len(self.chosen)

    def only(self, which: Int[Tensor, " k"]) -> "Draws":
        """Returns the draws of the chosen samples at the positions `which`."""
        return replace(self, chosen=self.chosen[which])

    def at(self, chosen: Int[Tensor, " k"]) -> "Draws":
        """Returns the draws of the samples with these indices among all n."""
        return replace(self, chosen=chosen)

    def attempt(self, number: int) -> "Draws":
        """Returns the draws of attempt `number` of the same samples; a nested sampler's attempts start from 0 again."""
        return replace(self, attempts=(*self.attempts, number))

    def codes(self, prior: LatentPrior) -> Latent:
        """Returns a code of the prior for each chosen sample."""
        drawn = self.first
        if any(self.attempts):
            drawn = prior.sample(len(self.first.z), self.generator("codes"), self.component)
        return drawn.map(lambda every: every[self.chosen])

    def uniform(self, *name: str | int) -> Float[Tensor, " m"]:
        """Returns a number of U[0, 1) for each chosen sample."""
        n = len(self.first.z)
        return torch.rand(n, generator=self.generator(*name), device=self.chosen.device)[self.chosen]

    def normal(self, *name: str | int) -> Float[Tensor, "m d"]:
        """Returns a vector of N(0, I) for each chosen sample, of the dimension of a code."""
        n, d = self.first.z.shape
        return torch.randn(n, d, generator=self.generator(*name), device=self.chosen.device)[self.chosen]

    def generator(self, *name: str | int) -> torch.Generator:
        key = seed_of(self.seed, *name, "attempts", *self.attempts)
        return torch.Generator(self.chosen.device).manual_seed(key)

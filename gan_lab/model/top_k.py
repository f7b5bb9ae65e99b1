"""The generator learns only from the fakes that the critic scores as most real."""

from dataclasses import replace
from math import ceil
from typing import final

from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import Declared, Share
from gan_lab.types import Contest, CriticOutput


@final
class TopK(Declared):
    """Computes the generator's loss on the k most real of a batch of B fakes.

        k = B max(share, decay^epochs), rounded up; epochs: passes over the training data so far, not rounded

    With `share` 1 all fakes are kept. `AdversarialLoss.realness` decides which are most real. If the generator's loss
    uses real samples, those with the same indices are kept, so that pairs stay together. Penalties use all fakes. With
    several processes, each chooses from its own share of the batch.
    Source: Sinha et al. 2020, arXiv 2002.06224, with share 0.5 and decay 0.99.
    """

    def __init__(self, *, share: Share, decay: Share) -> None:
        self.share = share
        self.decay = decay

    def best_of(self, contest: Contest, realness: Float[Tensor, " b"], epochs: float) -> Contest:
        """Returns the contest with only the best fakes, in their original order."""
        k = self.kept(len(realness), epochs)
        if k == len(realness):
            return contest
        best = realness.topk(k).indices.sort().values

        def of(output: CriticOutput) -> CriticOutput:
            return CriticOutput(output.score[best], output.features[best])

        return replace(
            contest,
            fake=contest.fake[best],
            on_fake=of(contest.on_fake),
            latent=contest.latent.map(lambda value: value[best]),
            real=None if contest.real is None else contest.real[best],
            on_real=None if contest.on_real is None else of(contest.on_real),
            labels=None if contest.labels is None else contest.labels[best],
        )

    def kept(self, batch: int, epochs: float) -> int:
        """Returns k for a batch of this size."""
        return ceil(max(self.share, self.decay**epochs) * batch)

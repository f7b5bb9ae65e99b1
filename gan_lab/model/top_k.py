"""The generator learns from the fakes that the critic likes best."""

from dataclasses import replace
from math import ceil
from typing import final

from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import Share
from gan_lab.types import Contest, CriticOutput


@final
class TopK:
    """Of a batch of B fakes the k most real ones make the generator's loss, the others none.

        k = B max(share, decay^epochs), rounded up; epochs: passes over the training data so far, with their fraction

    `share` 1 keeps all. What is most real the loss says (`AdversarialLoss.realness`). Where the generator's loss looks
    at real samples, those of the same places stay, so that pairs stay pairs. Penalties see all fakes. With several
    processes each chooses from its own share of the batch.
    Source: Sinha et al. 2020, arXiv 2002.06224, with share 0.5 and decay 0.99.
    """

    def __init__(self, *, share: Share, decay: Share) -> None:
        for name, value in (("share", share), ("decay", decay)):
            if not 0 < value <= 1:
                raise ValueError(f"{name} must lie above 0 and at most at 1, and {value} does not")
        self.share = share
        self.decay = decay

    def best_of(self, contest: Contest, realness: Float[Tensor, " b"], epochs: float) -> Contest:
        """The contest with the best fakes alone, in their old order."""
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
        """k for a batch of so many."""
        return ceil(max(self.share, self.decay**epochs) * batch)

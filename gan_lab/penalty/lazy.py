"""A penalty that is computed in some critic steps only."""

from typing import final

from gan_lab.data.samples import Samples
from gan_lab.domains import PositiveInt
from gan_lab.penalty.base import Penalty
from gan_lab.types import Contest, Judge, Terms


@final
class Lazy(Penalty):
    """every * P in critic steps 0, every, 2 every, ... and 0 in the others: on average P, at 1/every of its cost.

    Training is not the same as with P: the penalty's gradient is large and rare instead of small and steady. Steps are
    counted over the whole run.
    Source: Karras et al. 2020, arXiv 1912.04958, section 3.1, with every = 16 for R1. Deviation: there the penalty gets
    an optimizer step of its own, and the optimizer's constants are corrected for it; here it is part of the same step.
    """

    def __init__(self, *, penalty: Penalty, every: PositiveInt) -> None:
        super().__init__()
        if penalty.player != "critic":
            raise ValueError(
                f"only penalties of the critic can be lazy, and {type(penalty).__name__} is one of the generator"
            )
        self.penalty = penalty
        self.every = every
        self.player = penalty.player
        self.needs_independent_samples = penalty.needs_independent_samples
        self.squares_gradient = penalty.squares_gradient
        self.needs_dropout = penalty.needs_dropout
        self.needs_images = penalty.needs_images

    def prepare(self, train: Samples) -> None:
        self.penalty.prepare(train)

    def forward(self, judge: Judge, contest: Contest) -> Terms:
        if contest.critic_turns % self.every:
            return Terms()
        terms = self.penalty(judge, contest)
        return Terms({name: self.every * value for name, value in terms.minimised.items()}, terms.diagnostics)

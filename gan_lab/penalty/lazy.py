"""A penalty that does not come in every turn."""

from typing import final

from gan_lab.data.samples import Samples
from gan_lab.domains import PositiveInt
from gan_lab.penalty.base import Penalty
from gan_lab.types import Contest, Judge, Terms


@final
class Lazy(Penalty):
    """every * P in the critic's turns 0, every, 2 every, ... and nothing in between: P on average, at 1/every the cost.

    The game is another one: the critic's gradient is large and rare instead of small and steady. Turns are counted over
    the run.
    Source: Karras et al. 2020, arXiv 1912.04958, section 3.1, with every = 16 for R1. Deviation: there a regularised
    turn takes a second step of the optimizer, whose constants are corrected for it; here a turn is one step.
    """

    def __init__(self, *, penalty: Penalty, every: PositiveInt) -> None:
        super().__init__()
        if every < 1:
            raise ValueError(f"every must be at least 1, not {every}")
        if penalty.player != "critic":
            raise ValueError(
                f"only the critic's penalties can be lazy, and {type(penalty).__name__} is not one of them"
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

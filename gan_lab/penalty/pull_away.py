"""The pull-away term of energy-based GANs, which spreads the codes of generated samples."""

from typing import final

from torch.nn import functional as F

from gan_lab.domains import NonNegative
from gan_lab.penalty.base import Penalty
from gan_lab.types import Contest, Judge, Terms


@final
class PullAway(Penalty):
    """weight / (B (B - 1)) sum_{i != j} cos(s_i, s_j)^2 over the features s of a batch of B fakes.

    If the critic is an autoencoder, s are its codes. The mean is 1 if all codes lie on one line and 0 if they are
    orthogonal. With several processes, each uses the pairs within its own share of the batch.
    Source: Zhao, Mathieu & LeCun 2017, arXiv 1609.03126, equation 3.
    """

    player = "generator"

    def __init__(self, *, weight: NonNegative) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, judge: Judge, contest: Contest) -> Terms:
        codes = F.normalize(contest.on_fake.features)
        batch = len(codes)
        if batch < 2:
            raise ValueError("the pull-away term compares samples of a batch and needs at least two")
        squares = (codes @ codes.T).square()
        pairs = (squares.sum() - squares.diagonal().sum()) / (batch * (batch - 1))
        return Terms({"pull_away": self.weight * pairs})

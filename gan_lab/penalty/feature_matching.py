"""Feature matching in addition to another loss."""

from typing import final

from gan_lab.domains import NonNegative
from gan_lab.loss.feature_matching import feature_distance
from gan_lab.penalty.base import Penalty
from gan_lab.types import Contest, Judge, Terms


@final
class FeatureMatchingPenalty(Penalty):
    """weight mean_j (E h_j(x) - E h_j(G(z)))^2,  h the critic's features, the means over real and fake batch.

    It adds the generator's loss of `loss=feature_matching` to any other. If the critic is an autoencoder, h are its
    codes. The generator's turn needs fresh reals, which get no gradient. With several processes, each matches the means
    of its own share of the batch.
    Source: Salimans et al. 2016, arXiv 1606.03498, section 3.1. Deviations: it is added to another loss instead of
    replacing it; the mean over features, as in the authors' code, instead of the sum.
    """

    player = "generator"
    needs_real = True

    def __init__(self, *, weight: NonNegative) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, judge: Judge, contest: Contest) -> Terms:
        return Terms({"feature_matching": self.weight * feature_distance(contest)})

"""Feature matching: the generator matches the mean features of its samples and of the data."""

from typing import final

from jaxtyping import Float
from torch import Tensor

from gan_lab.loss.cross_entropy import CrossEntropy
from gan_lab.types import Contest, Terms


@final
class FeatureMatching(CrossEntropy):
    """L_D = E softplus(-r) + E softplus(f),  L_G = mean_j (E h_j(x) - E h_j(G(z)))^2,  h the critic's features.

    The critic's loss is that of the original GAN, with `real_target` as in `CrossEntropy`. The generator's loss does
    not use scores. `penalty=[feature_matching]` adds the same L_G to any other loss. The generator's turn needs fresh
    reals, which get no gradient. Means are over the batch; with several processes, each matches the means of its own
    share.
    Source: Salimans et al. 2016, arXiv 1606.03498, section 3.1. Deviation: the mean over features, as in the authors'
    code, instead of the sum that the paper prints.
    """

    needs_real = True

    def generator(self, contest: Contest) -> Terms:
        return Terms({"features": feature_distance(contest)})


def feature_distance(contest: Contest) -> Float[Tensor, ""]:
    """Returns mean_j (E h_j(x) - E h_j(G(z)))^2 without gradient by x. Raises ValueError if there are no reals."""
    if contest.on_real is None:
        raise ValueError("feature matching needs real samples in its turn")
    real, fake = contest.on_real.features.detach().mean(0), contest.on_fake.features.mean(0)
    return (real - fake).square().mean()

"""A generator that wants the critic's features of its samples to be those of the data, on average."""

from typing import final

from jaxtyping import Float
from torch import Tensor

from gan_lab.loss.cross_entropy import CrossEntropy
from gan_lab.types import Contest, Terms


@final
class FeatureMatching(CrossEntropy):
    """L_D = E softplus(-r) + E softplus(f),  L_G = mean_j (E h_j(x) - E h_j(G(z)))^2,  h the critic's features.

    The critic is that of the original GAN, `real_target` as in `CrossEntropy`; the generator does not look at scores.
    `penalty=[feature_matching]` adds the same L_G to any other loss. The generator's turn needs fresh reals, which get
    no gradient. Means are over the batch: with several processes each matches those of its own share.
    Source: Salimans et al. 2016, arXiv 1606.03498, section 3.1. Deviation: the mean over features, as in the authors'
    code, not the sum that is printed.
    """

    needs_real = True

    def generator(self, contest: Contest) -> Terms:
        return Terms({"features": feature_distance(contest)})


def feature_distance(contest: Contest) -> Float[Tensor, ""]:
    """mean_j (E h_j(x) - E h_j(G(z)))^2, constant in x. Raises ValueError in a turn that has no real samples."""
    if contest.on_real is None:
        raise ValueError("feature matching needs real samples in its turn")
    real, fake = contest.on_real.features.detach().mean(0), contest.on_fake.features.mean(0)
    return (real - fake).square().mean()

"""The loss of WGAN: the dual form of the earth mover's distance."""

from typing import final

from jaxtyping import Float
from torch import Tensor

from gan_lab.loss.base import AdversarialLoss, judged_real, score_diagnostics
from gan_lab.types import Contest, GanLabError, Terms


@final
class Wasserstein(AdversarialLoss):
    """L_D = E f - E r,  L_G = -E f.

    For the best 1-Lipschitz critic, -L_D is the Wasserstein-1 distance. A penalty or weight clipping must keep the
    critic Lipschitz (clipping: with an unknown constant). Diagnostic `wasserstein_estimate`: E r - E f.
    Source: Arjovsky et al. 2017, arXiv 1701.07875.
    """

    def critic(self, contest: Contest) -> Terms:
        real, fake = judged_real(contest), contest.on_fake.score
        estimate = (real.mean() - fake.mean()).detach()
        return Terms(
            {"real": -real.mean(), "fake": fake.mean()},
            score_diagnostics(real, fake) | {"wasserstein_estimate": estimate},
        )

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": -contest.on_fake.score.mean()})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("a Wasserstein critic's score is a potential, not a log-ratio: calibrate it first")

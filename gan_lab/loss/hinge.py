"""The hinge loss."""

from typing import final

from jaxtyping import Float
from torch import Tensor

from gan_lab.loss.base import AdversarialLoss, judged_real, score_diagnostics
from gan_lab.types import Contest, GanLabError, Terms


@final
class Hinge(AdversarialLoss):
    """L_D = E max(0, 1 - r) + E max(0, 1 + f),  L_G = -E f.

    The critic's loss has margins at +-1; the generator's has none. The optimal score is the sign of p - q, for which
    L_D = 2 - 2 TV(p, q). Diagnostic `total_variation_bound`: 1 - L_D / 2, the batch's estimate of a lower bound of the
    total variation distance TV.
    Sources: Lim & Ye 2017, arXiv 1705.02894; Miyato et al. 2018, arXiv 1802.05957, equations 16 and 17.
    """

    def critic(self, contest: Contest) -> Terms:
        real, fake = judged_real(contest), contest.on_fake.score
        terms = {"real": (1 - real).relu().mean(), "fake": (1 + fake).relu().mean()}
        shown = 1 - (terms["real"] + terms["fake"]).detach() / 2
        return Terms(terms, score_diagnostics(real, fake) | {"total_variation_bound": shown})

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": -contest.on_fake.score.mean()})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("a hinge critic's best score is only the sign of p - q, not a log-ratio: calibrate it first")

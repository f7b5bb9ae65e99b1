"""The relativistic pairing loss."""

from typing import final

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from gan_lab.loss.base import AdversarialLoss, judged_real, score_diagnostics
from gan_lab.types import Contest, GanLabError, Terms


@final
class Relativistic(AdversarialLoss):
    """L_D = E softplus(-(r - f)),  L_G = E softplus(-(f - r)): the critic decides which sample of a pair is real.

    This is RSGAN, also called RpGAN. The i-th real sample is paired with the i-th fake one, so the mean is over b
    pairs, not over all b^2. The generator's turn needs fresh reals; their scores scale the generator's gradient. Only
    differences of scores matter: a constant added to the critic changes nothing, so the level of scores may drift. At
    the optimum the score is log p / q plus an unknown constant.
    Source: Jolicoeur-Martineau 2018, arXiv 1807.00734, section 4.1.
    """

    needs_real = True

    def critic(self, contest: Contest) -> Terms:
        real, fake = judged_pairs(contest)
        return Terms({"pairs": F.softplus(-(real - fake)).mean()}, score_diagnostics(real, fake))

    def generator(self, contest: Contest) -> Terms:
        real, fake = judged_pairs(contest)
        return Terms({"pairs": F.softplus(-(fake - real)).mean()})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("only differences of a relativistic critic's scores have a meaning: calibrate it first")


def judged_pairs(contest: Contest) -> tuple[Float[Tensor, "b 1"], Float[Tensor, "b 1"]]:
    """Returns the scores of reals and fakes. Raises ValueError if their shapes differ, since they would broadcast."""
    real, fake = judged_real(contest), contest.on_fake.score
    if real.shape != fake.shape:
        raise ValueError(
            f"real scores of shape {tuple(real.shape)} cannot be paired with fake ones of {tuple(fake.shape)}"
        )
    return real, fake

"""The relativistic average losses."""

from collections.abc import Callable
from typing import Literal, final

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from gan_lab.loss.base import AdversarialLoss, judged_real, right_sides, score_diagnostics
from gan_lab.types import Contest, GanLabError, Terms

Form = Literal["standard", "least_squares", "hinge"]

COSTS: dict[Form, Callable[[Tensor], Tensor]] = {
    "standard": lambda lead: F.softplus(-lead),
    "least_squares": lambda lead: (lead - 1).square(),
    "hinge": lambda lead: (1 - lead).relu(),
}


@final
class RelativisticAverage(AdversarialLoss):
    """L_D = (E cost(r - E f) + E cost(E r - f)) / 2,  L_G = (E cost(E f - r) + E cost(f - E r)) / 2.

    Each score is compared with the mean score of the other kind. `form` chooses the cost of a lead t: softplus(-t)
    (`standard`, RaSGAN), (t - 1)^2 (`least_squares`, RaLSGAN) or max(0, 1 - t) (`hinge`, RaHingeGAN). The means are
    over the batch, with several processes over each one's share. Gradients go through the means, so both halves of L_G
    train the generator, the first through E f.
    The generator's turn needs fresh reals. A constant added to the critic changes nothing. Diagnostic `accuracy`: the
    mean of the shares of reals above the mean fake score and of fakes below the mean real score.
    Source: Jolicoeur-Martineau 2018, arXiv 1807.00734, section 4.2 and appendix. Deviation: the factor 1/2, which its
    code has but its formulas do not.
    """

    needs_real = True

    def __init__(self, *, form: Form) -> None:
        super().__init__()
        self.form = form

    def critic(self, contest: Contest) -> Terms:
        real, fake = judged_real(contest), contest.on_fake.score
        ahead, behind = real - fake.mean(), real.mean() - fake
        return Terms(
            {"real": self.cost(ahead), "fake": self.cost(behind)},
            score_diagnostics(real, fake) | {"accuracy": right_sides(ahead, -behind)},
        )

    def generator(self, contest: Contest) -> Terms:
        real, fake = judged_real(contest), contest.on_fake.score
        return Terms({"real": self.cost(fake.mean() - real), "fake": self.cost(fake - real.mean())})

    def cost(self, lead: Float[Tensor, "b k"]) -> Float[Tensor, ""]:
        """Returns half the mean cost of these leads, which is one of the two halves of a loss."""
        return COSTS[self.form](lead).mean() / 2

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("only differences of a relativistic critic's scores have a meaning: calibrate it first")

"""The loss of WGAN-QC: the critic is fitted to the potentials of an exact transport."""

from typing import final

from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import Positive
from gan_lab.loss.base import AdversarialLoss, judged_real, score_diagnostics
from gan_lab.maths.quadratic import quadratic_plan, strength_of
from gan_lab.types import Contest, GanLabError, Terms


@final
class TransportRegression(AdversarialLoss):
    """L_D = (E r - E phi)^2 / 2 + E (f - psi)^2 / 2,  L_G = -E f.

    phi (of the reals) and psi (of the fakes) maximise E phi - E psi under phi_i - psi_j <= c(x_i, y_j) for the cost
    c(x, y) = (K / 2) ||x - y||^2, normalised so that E phi = -E psi = W / 2. This exact transport between the batches
    is solved in every turn. The critic is fitted to the mean potential of the reals and to the potential of each fake.
    `strength` is K; None means 1 / (numbers in a sample), so that scores do not depend on the resolution: the cost
    between two independent images of MNIST in [-1, 1] is then about 0.27.

    Diagnostics: `transport_cost`, W in units of c, and `potential_error`, the root of E (f - psi)^2. The potentials are
    small, so compare the error with W. With several processes, each solves the problem of its own share of the batch.
    The transport is solved on the CPU in float64, and a GPU waits for it.
    Source: Liu, Gu & Samaras 2019, ICCV, "Wasserstein GAN with quadratic transport cost", and its published code.
    Deviation: assignment and shortest paths instead of a general linear programme. The value is the same, but the
    choice among optimal potentials can differ.
    """

    couples_samples = True

    def __init__(self, *, strength: Positive | None = None) -> None:
        super().__init__()
        self.strength = strength

    def critic(self, contest: Contest) -> Terms:
        real, fake = judged_real(contest), contest.on_fake.score
        k, plan = strength_of(self.strength, contest.fake), quadratic_plan(contest)
        phi, psi, cost = (
            (k * values).to(fake.dtype).to(fake.device) for values in (plan.rows, plan.columns, plan.value)
        )
        misfit = (fake.squeeze(1) - psi).square().mean()
        return Terms(
            {"real": 0.5 * (real.mean() - phi.mean()).square(), "fake": 0.5 * misfit},
            score_diagnostics(real, fake) | {"transport_cost": cost, "potential_error": misfit.detach().sqrt()},
        )

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": -contest.on_fake.score.mean()})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("a score fitted to transport potentials is not a log-ratio: calibrate it first")

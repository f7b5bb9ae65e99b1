"""The balanced loss of BEGAN."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import NonNegative, Probability
from gan_lab.loss.base import AdversarialLoss, judged_real
from gan_lab.types import Contest, GanLabError, Terms


@final
class BoundaryEquilibrium(AdversarialLoss):
    """L_D = E e(x) - k E e(G(z)),  L_G = E e(G(z)),  e = -score >= 0 the energy of a sample.

    After each round k <- clip(k + gain (diversity E e(x) - E e(G(z))), 0, 1), from k = 0: it settles where fakes have
    `diversity` times the energy of reals. k is in the checkpoint; model=began moves it.

    Diagnostics: `energy_real`, `energy_fake`, `k`, `accuracy`, the share of pairs whose real sample has the lower
    energy, and `convergence` = E e(x) + |diversity E e(x) - E e(G(z))|, which falls while training goes well.
    Source: Berthelot, Schumm & Metz 2017, arXiv 1703.10717, section 3.4.
    """

    k: Tensor

    needs_energy = True

    def __init__(self, *, diversity: Probability, gain: NonNegative) -> None:
        super().__init__()
        if not 0 <= diversity <= 1:
            raise ValueError(f"the diversity ratio must lie in [0, 1], and {diversity} does not")
        self.diversity = diversity
        self.gain = gain
        self.register_buffer("k", torch.tensor(0.0))

    def critic(self, contest: Contest) -> Terms:
        accuracy = (judged_real(contest) > contest.on_fake.score).float().mean()
        real, fake, k = -judged_real(contest).mean(), -contest.on_fake.score.mean(), self.k.clone()
        convergence = (real + self.imbalance(real, fake).abs()).detach()
        return Terms(
            {"real": real, "fake": -k * fake},
            {"energy_real": real.detach(), "energy_fake": fake.detach(), "k": k}
            | {"convergence": convergence, "accuracy": accuracy},
        )

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": -contest.on_fake.score.mean()})

    def imbalance(self, real: Float[Tensor, ""], fake: Float[Tensor, ""]) -> Float[Tensor, ""]:
        """How much higher than `diversity` wants it the energy of reals is, given both mean energies."""
        return self.diversity * real - fake

    @torch.no_grad()
    def balance(self, real: Float[Tensor, ""], fake: Float[Tensor, ""]) -> None:
        """Moves k after a round with these mean energies."""
        self.k.add_(self.gain * self.imbalance(real, fake)).clamp_(0, 1)

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("a reconstruction energy is not a log-ratio: calibrate it first")

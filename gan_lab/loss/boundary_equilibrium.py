"""The loss of BEGAN."""

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

    After each round k <- clip(k + gain (diversity E e(x) - E e(G(z))), 0, 1), starting from k = 0. At equilibrium the
    energy of fakes is `diversity` times that of reals. k is saved in checkpoints; model=began updates it.

    Energies are averaged over all classes, so a `diversity` below 1 rewards what is easy to reconstruct: samples with
    the law of the data are out of balance, and k falls to 0; real samples of easy classes alone can be in balance. On
    MNIST, digit 1 has 0.36 times the mean energy, 9 and 7 have 0.86, 2 and 8 have 1.3 (validation images after 3,000
    generator steps of experiment=methods model=began, seed 1; all have 0.99 to 1.02 before the first). With 0.7, that
    generator then makes mostly 0s, 1s and 2s, and no 4, 5, 8 or 9.

    Diagnostics: `energy_real`, `energy_fake` and `k`; `accuracy`, the share of pairs whose real sample has the lower
    energy; `convergence` = E e(x) + |diversity E e(x) - E e(G(z))|, which falls as training succeeds.
    Source: Berthelot, Schumm & Metz 2017, arXiv 1703.10717, section 3.4.
    """

    k: Tensor

    needs_energy = True

    def __init__(self, *, diversity: Probability, gain: NonNegative) -> None:
        super().__init__()
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
        """Returns diversity E e(x) - E e(G(z)) for the mean energies of reals and fakes."""
        return self.diversity * real - fake

    @torch.no_grad()
    def balance(self, real: Float[Tensor, ""], fake: Float[Tensor, ""]) -> None:
        """Updates k after a round with these mean energies."""
        self.k.add_(self.gain * self.imbalance(real, fake)).clamp_(0, 1)

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("a reconstruction energy is not a log-ratio: calibrate it first")

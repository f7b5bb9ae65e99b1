"""The margin loss of energy-based GANs."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import Positive
from gan_lab.loss.base import AdversarialLoss, judged_real
from gan_lab.types import Contest, GanLabError, Terms


@final
class EnergyMargin(AdversarialLoss):
    """L_D = E e(x) + E max(0, m - e(G(z))),  L_G = E e(G(z)),  e = -score >= 0 the energy of a sample.

    The hinge is per sample, so a fake beyond the margin does not compensate for one inside it. If p_g = p_data, every
    constant energy between 0 and m gives L_D = m, and no critic does better. The energy must be bounded below, like
    that of an autoencoder. m is `margin`, in units of the energy. With `relative` it is a multiple of the mean energy
    of real samples after pre-training, which `EBGAN` measures and checkpoints contain.

    Diagnostics: `energy_real`, `energy_fake` and `margin`; `accuracy`, the share of pairs whose real sample has the
    lower energy; `inside_margin`, the share of fakes from which the critic still learns. If it stays near 0 or 1, the
    margin is too low or too high.
    Source: Zhao, Mathieu & LeCun 2017, arXiv 1609.03126, equations 1 and 2. Deviation: our energies are means over
    pixels and the paper's are norms, so its margins (10 for MNIST) do not apply here.
    """

    unit: Tensor

    needs_energy = True

    def __init__(self, *, margin: Positive, relative: bool) -> None:
        super().__init__()
        self.margin = margin
        self.relative = relative
        self.register_buffer("unit", torch.tensor(1.0))

    def critic(self, contest: Contest) -> Terms:
        real, fake, margin = -judged_real(contest), -contest.on_fake.score, self.margin * self.unit
        return Terms(
            {"real": real.mean(), "fake": (margin - fake).relu().mean()},
            {
                "energy_real": real.detach().mean(),
                "energy_fake": fake.detach().mean(),
                "inside_margin": (fake < margin).float().mean(),
                "margin": margin,
                "accuracy": (real < fake).float().mean(),
            },
        )

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": -contest.on_fake.score.mean()})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("a reconstruction energy is not a log-ratio: calibrate it first")

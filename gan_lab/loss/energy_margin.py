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

    The hinge is per sample: a fake beyond the margin does not make up for one inside it. Where p_g = p_data every
    constant energy between 0 and m gives L_D = m, and no critic does better. The energy must be bounded below, as an
    autoencoder's is. m is `margin`, in the energy's units, or with `relative` as a multiple of the mean energy of real
    samples after pre-training, which `EBGAN` measures; it is in the checkpoint.

    Diagnostics: `energy_real`, `energy_fake`, `margin`; `accuracy`, the share of pairs whose real sample has the lower
    energy; and `inside_margin`, the share of fakes from which the critic still learns: near 0 or 1 for long, the margin
    is too low or too high.
    Source: Zhao, Mathieu & LeCun 2017, arXiv 1609.03126, equations 1 and 2. Deviation: our energies are means over
    pixels, the paper's are norms, so its margins (10 for MNIST) do not carry over.
    """

    unit: Tensor

    needs_energy = True

    def __init__(self, *, margin: Positive, relative: bool) -> None:
        super().__init__()
        if margin <= 0:
            raise ValueError(f"the energy margin must be above 0, not {margin}")
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

"""LeCam regularisation of the critic, for few training images."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.distributed.ranks import average
from gan_lab.domains import BelowOne, NonNegative
from gan_lab.penalty.base import Penalty
from gan_lab.types import Contest, CriticOutput, Judge, Terms


@final
class LeCam(Penalty):
    """weight [E (D(x) - a_fake)^2 + E (D(G(z)) - a_real)^2],  a_real, a_fake: moving averages of the critic's scores.

    The anchors a_real and a_fake are means over the batches of the critic's turns, with the factor `decay` from turn to
    turn; the first batch sets them, and they get no gradient. Real scores are drawn to the level of fakes and fake
    scores to that of reals, so a critic that tells few training images from fakes by heart gains less. With the loss
    of WGAN and a_real = -a_fake, the best critic's value is a LeCam divergence of the two distributions less a
    constant.
    Diagnostics: `anchor_real`, `anchor_fake`. With several processes, the anchors are those of the whole batch.
    Source: Tseng et al. 2021, arXiv 2104.03310, equation 5. Deviations: the authors' code squares only the parts of the
    differences that have not crossed the anchor, where equation 5 squares all of them; and their scripts for BigGAN,
    with weight .3 and decay .9, begin with the penalty after 1,000 steps, where here it acts from the first turn on. A
    decay of .99 is that of their code for StyleGAN2.
    """

    player = "critic"

    def __init__(self, *, weight: NonNegative, decay: BelowOne) -> None:
        super().__init__()
        self.weight = weight
        self.decay = decay
        self.anchors: Float[Tensor, 2]
        self.turns: Float[Tensor, ""]
        self.register_buffer("anchors", torch.zeros(2))  # of reals, of fakes
        self.register_buffer("turns", torch.zeros(()))

    def forward(self, judge: Judge, contest: Contest) -> Terms:
        if contest.real is None or contest.on_real is None:
            raise ValueError("LeCam regularisation needs real samples in its turn")
        real, fake = scores(judge, contest.real, contest.on_real), scores(judge, contest.fake, contest.on_fake)
        with torch.no_grad():
            means = average(torch.stack([real.mean(), fake.mean()]))
            self.anchors.lerp_(means, torch.where(self.turns == 0, 1.0, 1 - self.decay))
            self.turns.fill_(1)
        of_real, of_fake = self.anchors.clone()
        term = (real - of_fake).square().mean() + (fake - of_real).square().mean()
        return Terms({"lecam": self.weight * term}, {"anchor_real": of_real, "anchor_fake": of_fake})


def scores(judge: Judge, samples: Tensor, said: CriticOutput) -> Float[Tensor, "b 1"]:
    """Returns one score for each sample: those that the critic gave, or for a critic of classes those of the judge."""
    return said.score if said.score.shape[1] == 1 else judge(samples).score

"""Augmentation whose strength follows the critic."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.augment.base import Augmentation, Operations
from gan_lab.distributed.ranks import average
from gan_lab.domains import Inside, Positive
from gan_lab.loss.base import AdversarialLoss, judged_real
from gan_lab.types import Contest, GanLabError


@final
class AdaptiveAugment(Augmentation):
    """Makes p follow how sure the critic is of real images: p rises while r is above `target`, and falls below it.

        r = E sign(log p_data(x)/p_g(x)) over reals, as the loss computes the log-ratio from the critic's scores
        p <- p + sign(r - target) B / images,  kept in [0, 1], for a batch of B images

    r is a running mean over about `memory` images; with several processes, over those of the whole batch. In packs of
    images, E is over packs and B counts images. p begins at 0 and needs `images` images to reach 1. A critic that
    knows the training images by heart has r near 1. Diagnostics: `augmentation` (p) and `sign_of_reals` (r).

    Source: Karras et al. 2020, arXiv 2006.06676, section 3.1, with target 0.6 and 500,000 images.
    Deviations: the operations are the three of DiffAugment, p moves in each of the critic's turns, not in every
    fourth, and a penalty takes the gradient with respect to the changed images T(x), where R1 in code of StyleGAN2's
    kind takes that of D(T(x)) with respect to x.
    """

    def __init__(
        self,
        *,
        operations: Operations,
        target: Inside = 0.6,
        images: Positive = 500_000,
        memory: Positive = 256,
    ) -> None:
        super().__init__(operations=operations, p=0.0)
        self.target, self.images, self.memory = target, images, memory
        self.register_buffer("sign", torch.tensor(0.0))

    def refuse(self, loss: AdversarialLoss) -> None:
        try:
            loss.log_ratio(torch.zeros(1, loss.outputs))
        except GanLabError as error:
            raise GanLabError(
                "augment=adaptive follows the sign of the log-ratio that the critic gives real images, and scores of "
                f"{type(loss).__name__} are no log-ratios: use augment=diffaugment"
            ) from error

    def observe(self, loss: AdversarialLoss, contest: Contest) -> dict[str, Float[Tensor, ""]]:
        scores, p, sign = judged_real(contest).detach(), self.get_buffer("p"), self.get_buffer("sign")
        n = contest.noise.everyones(len(contest.latent.z))  # images, of which a score may have a pack
        sign.lerp_(average(loss.log_ratio(scores).sign().mean()), min(1.0, n / self.memory))
        p.add_((sign - self.target).sign(), alpha=n / self.images).clamp_(0, 1)
        return super().observe(loss, contest) | {"sign_of_reals": sign.clone()}

"""The loss of the original GAN in the form that is used."""

from typing import final

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.cross_entropy import cross_entropy_critic
from gan_lab.types import Contest, Terms


@final
class NonSaturating(AdversarialLoss):
    """L_D = E softplus(-r) + E softplus(f),  L_G = E softplus(-f) = -E log D(G(z)).

    The generator's gradient does not vanish when the critic wins, unlike that of `Minimax`.
    Source: Goodfellow et al. 2014, arXiv 1406.2661, section 3. Deviations: no factor 1/2 in L_D; scores are logits.
    """

    def critic(self, contest: Contest) -> Terms:
        return cross_entropy_critic(contest)

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": F.softplus(-contest.on_fake.score).mean()})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        return score.squeeze(1)

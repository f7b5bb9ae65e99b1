"""The non-saturating loss of the original GAN, the form that is used in practice."""

from typing import final

from torch.nn import functional as F

from gan_lab.loss.cross_entropy import CrossEntropy
from gan_lab.types import Contest, Terms


@final
class NonSaturating(CrossEntropy):
    """L_D = E softplus(-r) + E softplus(f),  L_G = E softplus(-f) = -E log D(G(z)).

    The generator's gradient does not vanish when the critic wins, unlike that of `Minimax`. `real_target` below 1
    smooths the labels of real samples, see `CrossEntropy`.
    Source: Goodfellow et al. 2014, arXiv 1406.2661, section 3. Deviations: no factor 1/2 in L_D; scores are logits.
    """

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": F.softplus(-contest.on_fake.score).mean()})

"""The loss-sensitive GAN and its generalised form."""

from typing import Annotated, final

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from gan_lab.domains import Domain, NonNegative
from gan_lab.loss.base import AdversarialLoss, judged_real, score_diagnostics
from gan_lab.types import Contest, GanLabError, Terms

Slope = Annotated[float, Domain("a number of at most 1", lambda value: value <= 1)]


@final
class LossSensitive(AdversarialLoss):
    """L_D = E a(tau ||x - y||_1 + L(x) - L(y)),  L_G = E L(y),  y = G(z),  L = -score.

    a(t) = max(0, t) + slope min(0, t). Real and fake samples are paired by their index in the batch.

    A fake must have a higher loss L than its real partner, by a margin that grows with their distance. The distance is
    summed over all numbers of a sample and gets no gradient. `slope` 0 is LS-GAN; 1 is the Wasserstein loss, on whose
    gradients the margin has no effect; -1 is the absolute value. In theory L must be Lipschitz, which needs a gradient
    penalty on norms above 1 or another constraint.

    tau should give margins of 0.1 to 1. Two images of MNIST in [-1, 1] are about 262 apart, hence 0.001.
    Diagnostics: `margin`, its mean, and `inside_margin`, the share of pairs that violate it.
    Source: Qi 2017, arXiv 1701.06264, including GLS-GAN. This is not `LeastSquares`, which lecture notes call LSGAN
    too.
    Deviations: the official critic ends in a ReLU, so that L >= 0. Here L = -score has no bound, since only differences
    of L matter and a ReLU at 0 has no gradient. The optional term gamma E L(x) would then diverge to -infinity and is
    left out.
    """

    def __init__(self, *, tau: NonNegative, slope: Slope) -> None:
        super().__init__()
        self.tau = tau
        self.slope = slope

    def critic(self, contest: Contest) -> Terms:
        real, fake = judged_real(contest), contest.on_fake.score
        assert contest.real is not None
        margin = self.tau * (contest.real - contest.fake).detach().flatten(1).abs().sum(1, keepdim=True)
        gap = margin - real + fake
        return Terms(
            {"gap": F.leaky_relu(gap, self.slope).mean()},
            score_diagnostics(real, fake) | {"margin": margin.mean(), "inside_margin": (gap > 0).float().mean()},
        )

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": -contest.on_fake.score.mean()})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("a loss-sensitive critic's score is a margin, not a log-ratio: calibrate it first")

"""The loss-sensitive GAN and its generalised form."""

from typing import final

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from gan_lab.domains import NonNegative
from gan_lab.loss.base import AdversarialLoss, judged_real, score_diagnostics
from gan_lab.types import Contest, GanLabError, Terms


@final
class LossSensitive(AdversarialLoss):
    """L_D = E a(tau ||x - y||_1 + L(x) - L(y)),  L_G = E L(y),  y = G(z),  L = -score.

    a(t) = max(0, t) + slope min(0, t). Pairs are those of the batch, by index.

    A fake must have a higher loss L than the real sample it is paired with, by a margin that grows with their distance
    (the sum over all numbers of a sample; a constant, no gradient goes through it). `slope` 0 is LS-GAN, 1 the
    Wasserstein loss, whose gradients the margin does not touch, -1 the absolute value. L must be Lipschitz for the
    theory: something else must see to that, a gradient penalty of norms up to 1, say.

    tau should make the margin 0.1 to 1: two images of MNIST in [-1, 1] are about 262 apart, so 0.001 there.
    Diagnostics: `margin`, its mean, and `inside_margin`, the share of pairs that do not keep it.
    Source: Qi 2017, arXiv 1701.06264, GLS-GAN included. Not `LeastSquares`, which lecture notes call LSGAN too.
    Deviations: the official critic ends in a ReLU, so that L >= 0; that has no gradient where it is 0, and only
    differences of L matter here, so that L = -score has no bound. The optional term gamma E L(x) would run off to
    -infinity then and is left out.
    """

    def __init__(self, *, tau: NonNegative, slope: float) -> None:
        super().__init__()
        if tau < 0:
            raise ValueError(f"the margin's tau must not be negative, and {tau} is")
        if slope > 1:
            raise ValueError(f"the slope must be at most 1 (a Wasserstein loss), not {slope}")
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

"""The gradient term of the Wasserstein divergence."""

from typing import final

from gan_lab.domains import AboveOne, NonNegative, Positive
from gan_lab.penalty.base import Penalty
from gan_lab.penalty.gradient import slopes_between
from gan_lab.types import Contest, Judge, Terms


@final
class WassersteinDivergence(Penalty):
    """k E[||grad D(x^)||^p],  x^ between a real sample and its fake partner as in `GradientPenalty`.

    With the loss `Wasserstein`, the minimum of the critic's loss is minus a divergence, which is 0 only if the
    distributions are equal. The critic need not be Lipschitz. Between two points at distance d, the best slope n solves
    d = k p n^{p-1} and is near 1 for large p.

    The norm is sqrt(sum g^2 + eps), since without eps the root has no gradient at zero. Diagnostic
    `gradient_norm_between`: the mean norm at x^. Source: Wu et al. 2018, arXiv 1712.01026, with k = 2, p = 6.
    """

    player = "critic"
    needs_independent_samples = True
    needs_slopes_between = True

    def __init__(
        self,
        *,
        k: Positive,
        p: AboveOne,
        eps: NonNegative = 1e-12,
    ) -> None:
        super().__init__()
        self.k = k
        self.p = p
        self.eps = eps

    def forward(self, judge: Judge, contest: Contest) -> Terms:
        if contest.real is None:
            raise ValueError("the Wasserstein divergence needs real samples in its turn")
        norm = (slopes_between(judge, contest).square().sum(1) + self.eps).sqrt()
        cost = norm.pow(self.p).mean()
        return Terms({"divergence_penalty": self.k * cost}, {"gradient_norm_between": norm.detach().mean()})

"""The losses that minimise an f-divergence."""

from collections.abc import Callable
from math import log
from typing import Literal, NamedTuple, final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from gan_lab.loss.base import AdversarialLoss, judged_real, right_sides, score_diagnostics
from gan_lab.types import Contest, GanLabError, Terms

LIMIT = 15.0
"""Beyond +-15, scores are replaced by a logarithmic function of them before an exponential is taken."""


class Divergence(NamedTuple):
    """One row of the paper's tables, as functions of the critic's linear output v."""

    variable: Callable[[Tensor], Tensor]
    """The variational function T = g_f(v), which increases and maps into the domain of f*."""
    conjugate: Callable[[Tensor], Tensor]
    """f*(g_f(v)) as one function, since f* of a computed T is inexact where T is near the end of its domain."""
    log_ratio: Callable[[Tensor], Tensor]
    """log p / q for an optimal v, which solves g_f(v) = f'(p / q)."""
    exponential: bool = False
    """Whether a large v overflows in an exponential."""
    sign_alone: bool = False
    """Whether f' has two values alone, so that an optimal v, and `log_ratio`, tells only the sign of log p / q."""


DivergenceName = Literal[
    "kl", "reverse_kl", "jeffrey", "pearson", "neyman", "hellinger", "js", "gan", "total_variation"
]

DIVERGENCES: dict[DivergenceName, Divergence] = {
    "kl": Divergence(lambda v: v, lambda v: (v - 1).exp(), lambda v: v - 1, exponential=True),
    "reverse_kl": Divergence(lambda v: -(-v).exp(), lambda v: v - 1, lambda v: v, exponential=True),
    # With v = log u, both are elementary; f* itself needs Lambert's W: f*(t) = w + 1 / w + t - 2, w = W(e^(1 - t)).
    "jeffrey": Divergence(lambda v: v - torch.expm1(-v), lambda v: v + torch.expm1(v), lambda v: v, exponential=True),
    "pearson": Divergence(
        lambda v: v, lambda v: v.square() / 4 + v, lambda v: torch.log1p((v / 2).clamp(min=1e-7 - 1))
    ),
    "neyman": Divergence(
        lambda v: -torch.expm1(-v), lambda v: -2 * torch.expm1(-v / 2), lambda v: v / 2, exponential=True
    ),
    "hellinger": Divergence(lambda v: -torch.expm1(-v), torch.expm1, lambda v: 2 * v, exponential=True),
    "js": Divergence(lambda v: log(2) - F.softplus(-v), lambda v: F.softplus(v) - log(2), lambda v: v),
    "gan": Divergence(lambda v: -F.softplus(-v), F.softplus, lambda v: v),
    "total_variation": Divergence(lambda v: v.tanh() / 2, lambda v: v.tanh() / 2, lambda v: v, sign_alone=True),
}


@final
class FGAN(AdversarialLoss):
    """L_D = -E T(x) + E f*(T(G(z))),  T = g_f(v),  L_G = -E T(G(z)),  v the score.

    -L_D is a lower bound of the divergence D_f(p || q) = E_q f(p / q), with equality for T = f'(p / q). The diagnostic
    `divergence_bound` is the estimate of this bound from the batch. `divergence` chooses f(u):

    - `kl`: u log u, KL(data || model);
    - `reverse_kl`: -log u;
    - `jeffrey`: (u - 1) log u, the sum of both;
    - `pearson`: (u - 1)^2;
    - `neyman`: (u - 1)^2 / u, `pearson` with data and model exchanged;
    - `hellinger`: (sqrt u - 1)^2, squared and without a factor 1/2;
    - `js`: u log u - (u + 1) log((u + 1) / 2), twice the Jensen-Shannon divergence;
    - `gan`: u log u - (u + 1) log(u + 1), the same minus 2 log 2, as in `NonSaturating` and `Minimax`;
    - `total_variation`: |u - 1| / 2. The best v is +-infinity, the sign of log p / q, from which no log-ratio follows.

    All g_f increase, so scores are high for real. `generator` is `trick`, as above (the paper's section 3.2), or
    `saturating`: L_G = -E f*(T(G(z))), as in its algorithm 1. Where the critic wins, v -> -infinity, the gradient of
    the latter vanishes for `kl`, `hellinger`, `js` and `gan`, and changes its sign for `pearson` at v = -2. For
    `total_variation`, f*(t) = t: both are the same, and vanish. Diagnostic `accuracy`: the mean of the shares of reals
    and fakes on the right side of T = f'(1).
    Source: Nowozin et al. 2016, arXiv 1606.00709. Deviations: for `jeffrey`, g_f(v) is v + 1 - e^-v and not v, so that
    f*(T) = e^v - 1 + v needs no Lambert W function. `kl`, `reverse_kl`, `jeffrey`, `neyman` and `hellinger` take
    exponentials of v, which is replaced by +-(15 + log(|v| - 14)) beyond +-15. This is finite, still gives a lower
    bound, and keeps a gradient, unlike a clamp, by which a generator that is far behind would stop learning.
    """

    def __init__(
        self,
        *,
        divergence: DivergenceName,
        generator: Literal["trick", "saturating"] = "trick",
    ) -> None:
        super().__init__()
        self.divergence = divergence
        self.saturating = generator == "saturating"

    @property
    def row(self) -> Divergence:
        return DIVERGENCES[self.divergence]

    def critic(self, contest: Contest) -> Terms:
        real, fake = judged_real(contest), contest.on_fake.score
        terms = {
            "real": -self.row.variable(self.limited(real)).mean(),
            "fake": self.row.conjugate(self.limited(fake)).mean(),
        }
        bound = -(terms["real"] + terms["fake"]).detach()
        accuracy = right_sides(*(self.row.log_ratio(self.limited(score)) for score in (real, fake)))
        return Terms(terms, score_diagnostics(real, fake) | {"divergence_bound": bound, "accuracy": accuracy})

    def generator(self, contest: Contest) -> Terms:
        judged = self.row.conjugate if self.saturating else self.row.variable
        return Terms({"fake": -judged(self.limited(contest.on_fake.score)).mean()})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        """Returns log p / q from the optimum T = f'(p / q); for `pearson` at least -16, its value at v = -2.

        Raises GanLabError for `total_variation`.
        """
        if self.row.sign_alone:
            raise GanLabError(
                f"the best score for {self.divergence} is only the sign of p - q, not a log-ratio: calibrate it first"
            )
        return self.row.log_ratio(self.limited(score)).squeeze(1)

    def limited(self, score: Float[Tensor, "b k"]) -> Float[Tensor, "b k"]:
        """Returns the critic's linear output v, limited beyond +-15 for divergences with exponentials."""
        if not self.row.exponential:
            return score
        return score.clamp(-LIMIT, LIMIT) + score.sign() * (score.abs() - LIMIT).relu().log1p()

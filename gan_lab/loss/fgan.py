"""The losses that minimise an f-divergence."""

from collections.abc import Callable
from math import log
from typing import Literal, NamedTuple, final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from gan_lab.loss.base import AdversarialLoss, judged_real, right_sides, score_diagnostics
from gan_lab.types import Contest, Terms

LIMIT = 15.0
"""Scores whose exponential is taken grow only like their logarithm beyond +-15."""


class Divergence(NamedTuple):
    """One row of the paper's tables, in the critic's linear output v."""

    variable: Callable[[Tensor], Tensor]
    """g_f(v), the variational function T: increasing, into the domain of f*."""
    conjugate: Callable[[Tensor], Tensor]
    """f*(g_f(v)), composed: f* of a computed T would lose all digits where T nears the end of its domain."""
    log_ratio: Callable[[Tensor], Tensor]
    """log p / q where v is optimal: g_f(v) = f'(p / q)."""
    exponential: bool = False
    """Whether a large v overflows in an exponential."""


DivergenceName = Literal["kl", "reverse_kl", "pearson", "hellinger", "js", "gan"]

DIVERGENCES: dict[DivergenceName, Divergence] = {
    "kl": Divergence(lambda v: v, lambda v: (v - 1).exp(), lambda v: v - 1, exponential=True),
    "reverse_kl": Divergence(lambda v: -(-v).exp(), lambda v: v - 1, lambda v: v, exponential=True),
    "pearson": Divergence(
        lambda v: v, lambda v: v.square() / 4 + v, lambda v: torch.log1p((v / 2).clamp(min=1e-7 - 1))
    ),
    "hellinger": Divergence(lambda v: -torch.expm1(-v), torch.expm1, lambda v: 2 * v, exponential=True),
    "js": Divergence(lambda v: log(2) - F.softplus(-v), lambda v: F.softplus(v) - log(2), lambda v: v),
    "gan": Divergence(lambda v: -F.softplus(-v), F.softplus, lambda v: v),
}


@final
class FGAN(AdversarialLoss):
    """L_D = -E T(x) + E f*(T(G(z))),  T = g_f(v),  L_G = -E T(G(z)),  v the score.

    -L_D is a lower bound of the divergence D_f(p || q) = E_q f(p / q), reached by T = f'(p / q); the diagnostic
    `divergence_bound` is what the critic has shown of it on its batch. `divergence`, by its f(u):

    - `kl`: u log u, of data from model;
    - `reverse_kl`: -log u;
    - `pearson`: (u - 1)^2;
    - `hellinger`: (sqrt u - 1)^2, squared and without a factor 1/2;
    - `js`: u log u - (u + 1) log((u + 1) / 2), twice the Jensen-Shannon divergence;
    - `gan`: u log u - (u + 1) log(u + 1), the same less 2 log 2: `NonSaturating` and `Minimax`.

    All g_f increase: high is real. `generator` is `trick`, as above (the paper's section 3.2), or `saturating`,
    L_G = -E f*(T(G(z))), its algorithm 1, whose gradient vanishes where the critic wins; with `pearson` it even turns
    round at v = -2. `accuracy`: the share on the right side of T = f'(1), both sides counting alike.
    Source: Nowozin et al. 2016, arXiv 1606.00709. Deviation: `kl`, `reverse_kl` and `hellinger` take exponentials of v,
    which beyond +-15 counts as +-(15 + log(|v| - 14)): finite, still a lower bound, and never without a gradient,
    which a plain clamp would take from a generator that is far behind.
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
        accuracy = right_sides(self.log_ratio(real), self.log_ratio(fake))
        return Terms(terms, score_diagnostics(real, fake) | {"divergence_bound": bound, "accuracy": accuracy})

    def generator(self, contest: Contest) -> Terms:
        judged = self.row.conjugate if self.saturating else self.row.variable
        return Terms({"fake": -judged(self.limited(contest.on_fake.score)).mean()})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        """The optimum T = f'(p / q) solved for log p / q; for `pearson` not below -16, which is where v = -2."""
        return self.row.log_ratio(self.limited(score)).squeeze(1)

    def limited(self, score: Float[Tensor, "b k"]) -> Float[Tensor, "b k"]:
        """The critic's linear output v."""
        if not self.row.exponential:
            return score
        return score.clamp(-LIMIT, LIMIT) + score.sign() * (score.abs() - LIMIT).relu().log1p()

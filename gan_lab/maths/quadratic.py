"""The transport between the real and the fake samples of one contest."""

from jaxtyping import Float, Float64
from torch import Tensor

from gan_lab.maths.assignment import Plan, solve
from gan_lab.types import Contest


def quadratic_cost(x: Float[Tensor, " m *shape"], y: Float[Tensor, " n *shape"]) -> Float64[Tensor, "m n"]:
    """Returns ||x_i - y_j||^2 / 2 of all pairs, summed over everything but the batch, in float64 on the CPU."""
    x, y = (side.detach().flatten(1).cpu().double() for side in (x, y))
    # The squares are expanded, since the differences of all pairs would be m n d numbers.
    squares = x.square().sum(1)[:, None] + y.square().sum(1) - 2 * x @ y.T
    return squares.clamp_min(0) / 2


def quadratic_plan(contest: Contest) -> Plan:
    """Returns the optimal transport from reals (rows) to fakes (columns) for the cost ||x - y||^2 / 2.

    It is solved once for all terms of a turn and kept in `contest.shared`. For K times this cost, the matching is the
    same and the potentials are K times these.
    """
    if contest.real is None:
        raise ValueError("a transport needs real samples in its turn")
    names = {name: f"quadratic_{name}" for name in ("match", "rows", "columns", "value")}
    if not contest.shared.keys() >= set(names.values()):
        plan = solve(quadratic_cost(contest.real, contest.fake))
        contest.shared |= {key: getattr(plan, name) for name, key in names.items()}
    return Plan(**{name: contest.shared[key] for name, key in names.items()})


def strength_of(strength: float | None, samples: Float[Tensor, " b *shape"]) -> float:
    """Returns K of the cost (K / 2) ||x - y||^2: `strength`, or for None 1 / (numbers in a sample)."""
    return 1 / samples[0].numel() if strength is None else strength

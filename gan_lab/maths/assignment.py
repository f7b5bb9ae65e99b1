"""The exact optimal transport between two sets of equal size and equal weights."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64, Int64
from scipy.optimize import linear_sum_assignment
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Plan:
    """An optimal matching, and the potentials that prove that it is optimal; on the CPU.

    `match[j]` is the row that is matched with column j. `rows[i] - columns[j] <= cost[i, j]` for all pairs, with
    equality if i and j are matched. So `value`, the mean cost of a pair, equals mean(rows) - mean(columns), the value
    of the dual problem. Potentials are determined up to a common constant; here mean(rows) = -mean(columns) = value /
    2.
    """

    match: Int64[Tensor, " m"]
    rows: Float64[Tensor, " m"]
    columns: Float64[Tensor, " m"]
    value: Float64[Tensor, ""]


def solve(cost: Float64[Tensor, "m n"]) -> Plan:
    """Returns the cheapest one-to-one matching of rows and columns, and optimal potentials.

    The matching is an assignment problem, O(m^3). Given the matching, the potentials of the columns must satisfy

        columns[p(i)] <= columns[j] + cost[i, j] - cost[i, p(i)]    with p(i) the partner of i.

    These are the triangle inequalities of shortest paths, which Bellman-Ford solves; there is no negative cycle, since
    no other matching is cheaper. Potentials are not unique; these are one solution. Everything is in float64.
    Raises ValueError if the cost is not square or not finite.
    """
    costs = cost.detach().cpu().numpy()
    if costs.shape[0] != costs.shape[1] or not costs.size:
        raise ValueError(f"the two sides must be equally large and not empty, not {costs.shape}")
    if not np.isfinite(costs).all():
        raise ValueError("a cost of the transport is not finite")
    rows, columns = linear_sum_assignment(costs)
    match = np.empty_like(rows)
    match[columns] = rows
    paired = costs[match]  # row j is that of column j's partner, so the matching is the diagonal
    detour = paired - paired.diagonal()[:, None]
    psi = np.zeros(len(costs))
    for _ in range(len(costs)):  # a shortest path has fewer steps than there are columns
        shorter = np.minimum(psi, (psi + detour).min(1))
        if np.array_equal(shorter, psi):
            break
        psi = shorter
    phi = (costs + psi).min(1)  # exactly feasible, in spite of rounding errors in psi
    middle = (phi.mean() + psi.mean()) / 2
    return Plan(
        match=torch.from_numpy(match),
        rows=torch.from_numpy(phi - middle),
        columns=torch.from_numpy(psi - middle),
        value=torch.from_numpy(paired).diagonal().mean(),
    )

"""The exact optimal transport between two equally large, equally weighted sets."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64, Int64
from scipy.optimize import linear_sum_assignment
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Plan:
    """An optimal matching and the potentials that prove it optimal; on the CPU.

    `match[j]` is the row matched with column j. `rows[i] - columns[j] <= cost[i, j]` everywhere, with equality where
    i and j are matched, so that `value`, the mean cost of a pair, is also mean(rows) - mean(columns): the dual problem
    has the same value. Both potentials may be shifted by one number; here mean(rows) = -mean(columns) = value / 2.
    """

    match: Int64[Tensor, " m"]
    rows: Float64[Tensor, " m"]
    columns: Float64[Tensor, " m"]
    value: Float64[Tensor, ""]


def solve(cost: Float64[Tensor, "m n"]) -> Plan:
    """The cheapest one-to-one matching of rows and columns, and optimal potentials.

    The matching is an assignment problem, O(m^3). Given it, what the potentials of the columns must satisfy,

        columns[p(i)] <= columns[j] + cost[i, j] - cost[i, p(i)]    with p(i) the partner of i,

    are the triangle inequalities of shortest paths, solved by Bellman-Ford: no cycle is negative, since no other
    matching is cheaper. Potentials are not unique: these are one solution. Everything is in float64.
    Raises ValueError for a cost that is not square, or not finite.
    """
    costs = cost.detach().cpu().numpy()
    if costs.shape[0] != costs.shape[1] or not costs.size:
        raise ValueError(f"the two sides must be equally large and not empty, not {costs.shape}")
    if not np.isfinite(costs).all():
        raise ValueError("a cost of the transport is not finite")
    rows, columns = linear_sum_assignment(costs)
    match = np.empty_like(rows)
    match[columns] = rows
    paired = costs[match]  # its row j is that of column j's partner, so that the matching is the diagonal
    detour = paired - paired.diagonal()[:, None]
    psi = np.zeros(len(costs))
    for _ in range(len(costs)):  # a shortest path has fewer steps than there are columns
        shorter = np.minimum(psi, (psi + detour).min(1))
        if np.array_equal(shorter, psi):
            break
        psi = shorter
    phi = (costs + psi).min(1)  # feasible to the last bit, whatever rounding did to psi
    middle = (phi.mean() + psi.mean()) / 2
    return Plan(
        match=torch.from_numpy(match),
        rows=torch.from_numpy(phi - middle),
        columns=torch.from_numpy(psi - middle),
        value=torch.from_numpy(paired).diagonal().mean(),
    )

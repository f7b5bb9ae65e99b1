"""The Jensen-Shannon divergence and the earth mover's distance of two distributions that approach each other."""

from math import log
from typing import Annotated, Any, final

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy import ndarray
from scipy.optimize import linprog

from gan_lab.domains import Domain, NonNegativeInt, Positive, PositiveInt
from gan_lab.explain.base import FAKE, REAL, Explained, Explanation
from gan_lab.maths.divergence import jensen_shannon

Masses = Annotated[tuple[Positive, ...], Domain("a list of one or more values, each a number above 0", bool)]


@final
class JSAndEMD(Explanation):
    """Compares P with Q, which is P shifted by s bins. If their supports are disjoint, JS(P, Q) = log 2 for every s,
    and W(P, Q) = s.

    So JS does not show a generator at shift 10 that shift 9 is better. The independent transport plan P(x) Q(y) is
    drawn beside the optimal plan, whose average distance is W.
    Source: Arjovsky et al. 2017, arXiv 1701.07875, example 1.
    """

    def __init__(self, *, masses: Masses, longest_shift: PositiveInt, plan_shift: NonNegativeInt) -> None:
        """`masses` are those of P's neighbouring bins, to be divided by their sum; shifts are in bins."""
        if plan_shift > longest_shift or longest_shift <= len(masses):
            raise ValueError(
                f"longest_shift must be above {len(masses)}, the number of bins, and plan_shift from 0 to it, "
                f"not {longest_shift} and {plan_shift}"
            )
        self.masses = np.array(masses) / sum(masses)
        self.longest_shift = longest_shift
        self.plan_shift = plan_shift

    def explain(self) -> Explained:
        shifts = range(self.longest_shift, -1, -1)
        pairs = [self.pair(shift) for shift in shifts]
        js = [jensen_shannon(p, q) for p, q in pairs]
        emd = [earth_mover(p, q) for p, q in pairs]
        p, q = self.pair(self.plan_shift)
        plans = {"independent": np.outer(p, q), "best": best_plan(p, q)}
        numbers = {
            "log_2": log(2),
            "curves": [{"shift": s, "js": j, "emd": e} for s, j, e in zip(shifts, js, emd, strict=True)],
            "plan_shift": self.plan_shift,
            "plans": {
                name: {"average_distance": average_distance(plan), "plan": plan.tolist()}
                for name, plan in plans.items()
            },
        }
        apart, last = len(self.masses), self.longest_shift
        sentences = [
            f"While the supports are disjoint (shifts {apart} to {last}), JS is {js[0]:.4f} = log 2 at every shift, "
            f"and the earth mover's distance falls from {emd[0]:.4g} to {emd[last - apart]:.4g}.",
            f"At shift {self.plan_shift}, the independent plan moves mass by "
            f"{average_distance(plans['independent']):.3f} bins on average and the optimal one by "
            f"{average_distance(plans['best']):.3f}.",
        ]
        return Explained(self.draw(js, emd, plans), numbers, sentences)

    def pair(self, shift: int) -> tuple[Float[ndarray, " n"], Float[ndarray, " n"]]:
        """Returns P at the first bins of a line that has room for every shift, and Q, shifted by `shift` bins."""
        line = np.zeros(len(self.masses) + self.longest_shift)
        line[: len(self.masses)] = self.masses
        return line, np.roll(line, shift)

    def draw(self, js: list[float], emd: list[float], plans: dict[str, Float[ndarray, "n n"]]) -> Figure:
        figure = Figure(figsize=(11, 6.4), layout="constrained")
        parts: Any = figure.subfigures(2, 1, height_ratios=(1, 1.25))
        top, bottom = parts
        shown = (self.longest_shift, len(self.masses), self.plan_shift)
        for panel, shift in zip(top.subplots(1, 3, sharey=True), shown, strict=True):
            value = self.longest_shift - shift
            draw_move(panel, *self.pair(shift))
            panel.set_title(f"shift {shift}: JS = {js[value]:.3f}, EMD = {emd[value]:.3g}", fontsize=10)
        top.axes[0].set_ylabel("mass")
        top.axes[0].legend(loc="upper center", fontsize=8, frameon=False, ncols=2)
        curves, *matrices = bottom.subplots(1, 3, width_ratios=(1.35, 1, 1))
        draw_curves(curves, list(range(self.longest_shift, -1, -1)), js, emd)
        first, last = self.plan_shift, len(self.masses)
        largest = max(plan.max() for plan in plans.values())
        for panel, (name, plan) in zip(matrices, plans.items(), strict=True):
            image = panel.imshow(
                plan[:last, first : first + last],
                origin="lower",
                cmap="Greys",
                vmax=largest,
                extent=(first - 0.5, first + last - 0.5, -0.5, last - 0.5),
            )
            panel.set_title(f"{name} plan: moves mass by {average_distance(plan):.3g} bins", fontsize=10)
            panel.set(xlabel="to position (Q)", ylabel="from position (P)")
        bottom.colorbar(image, ax=matrices, label="mass moved", shrink=0.8)
        return figure


def earth_mover(p: Float[ndarray, " n"], q: Float[ndarray, " n"]) -> float:
    """Returns W = min over plans g of sum_xy g(x, y) |x - y| in bins, where rows of g sum to p and columns to q.

    It is solved as a linear program, whose variables are the bins with mass.
    """
    rows, columns = np.flatnonzero(p), np.flatnonzero(q)
    lengths = np.abs(rows[:, None] - columns)
    sums_of_rows = np.kron(np.eye(len(rows)), np.ones(len(columns)))
    sums_of_columns = np.kron(np.ones(len(rows)), np.eye(len(columns)))
    solved = linprog(
        lengths.ravel(),
        A_eq=np.concatenate([sums_of_rows, sums_of_columns]),
        b_eq=np.concatenate([p[rows], q[columns]]),
    )
    return float(solved.fun)


def best_plan(p: Float[ndarray, " n"], q: Float[ndarray, " n"]) -> Float[ndarray, "n n"]:
    """Returns the plan that keeps the order on the line: the first mass of p goes to the first place of q.

    In one dimension it has the smallest average distance. For |x - y| there are other optimal plans, among which a
    linear program chooses arbitrarily; this plan is optimal for every convex cost.
    """
    upper = np.minimum(np.cumsum(p)[:, None], np.cumsum(q))
    return np.diff(np.diff(upper, axis=0, prepend=0), axis=1, prepend=0).clip(min=0)


def average_distance(plan: Float[ndarray, "n n"]) -> float:
    """Returns sum_xy plan(x, y) |x - y|, in bins."""
    position = np.arange(len(plan))
    return float((plan * np.abs(position[:, None] - position)).sum())


def draw_move(panel: Axes, p: Float[ndarray, " n"], q: Float[ndarray, " n"]) -> None:
    """Draws both histograms, and an arrow for each entry of the optimal plan, as thick as its mass."""
    position = np.arange(len(p))
    panel.bar(position, p, width=0.9, color=REAL, alpha=0.65, label="P (real)")
    panel.bar(position, q, width=0.9, color=FAKE, alpha=0.65, label="Q (generated)")
    plan = best_plan(p, q)
    for start, end in np.argwhere(plan > 1e-12):
        arrow = {
            "arrowstyle": "-|>",
            "connectionstyle": "arc3,rad=-0.35",
            "linewidth": 0.5 + 6 * plan[start, end],
            "color": "0.25",
            "alpha": 0.7,
            "shrinkA": 0,
            "shrinkB": 0,
        }
        if start != end:
            panel.annotate("", xy=(end, q[end]), xytext=(start, p[start]), arrowprops=arrow)
    panel.set(ylim=(0, 2.2 * p.max()), xlabel="position (bins)")
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))


def draw_curves(panel: Axes, shifts: list[int], js: list[float], emd: list[float]) -> None:
    right = panel.twinx()
    (first,) = panel.plot(shifts, js, marker="o", markersize=4, color="tab:red", label="JS")
    (second,) = right.plot(shifts, emd, marker="s", markersize=4, color="tab:green", label="EMD")
    panel.axhline(log(2), color="tab:red", linestyle=":", linewidth=1)
    panel.annotate("log 2", (0, log(2)), xytext=(0, 3), textcoords="offset points", color="tab:red", ha="right")
    panel.set(xlim=(max(shifts) + 0.5, -0.5), ylim=(0, 0.8), xlabel="shift of Q (bins)")
    panel.set_ylabel("JS (nats)", color="tab:red")
    right.set_ylabel("EMD (bins)", color="tab:green")
    right.set_ylim(0, 0.8 / log(2) * max(shifts))
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.set_title("JS and EMD as the shift falls", fontsize=10)
    panel.legend(handles=[first, second], loc="lower left", fontsize=9)
    panel.grid(alpha=0.3)

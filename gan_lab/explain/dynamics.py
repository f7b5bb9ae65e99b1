"""How training methods move in the simplest games: as circles, or as spirals to the solution or away from it."""

from math import log
from typing import Any, final

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from gan_lab.domains import NonNegative, NonNegativeInt, Positive, PositiveInt
from gan_lab.explain.base import Explained, Explanation
from gan_lab.explain.dirac_steps import GAMES, METHODS, Settings, eigenvalues, path, start

TITLES = {
    "simultaneous": "simultaneous gradient steps",
    "alternating": "alternating gradient steps",
    "r1": "with the R1 penalty",
    "consensus": "consensus optimisation",
    "extragradient": "extragradient",
    "optimistic": "optimistic gradient steps",
    "unrolled": "unrolled critic",
}
COLORS = {"bilinear": "tab:blue", "logistic": "tab:orange"}
LABELS = {"bilinear": "loss of WGAN (bilinear)", "logistic": "loss of the original GAN"}
EDGE = 2.1
"""Half the width of a picture."""
ROUNDING = 1e-6
"""Eigenvalues that fall together are known to the root of the machine's precision."""


@final
class Dynamics(Explanation):
    """Plays the Dirac-GAN by several methods from (1, 1) on, and computes how a step near its solution turns and grows.

    All data are 0, the generator is the number theta and the critic D(x) = psi x, so the solution is (0, 0). With c the
    critic's loss of a fake's score, L_D = c(psi theta) and L_G = -c(psi theta). c(s) = s makes the game bilinear, and
    c(s) = log(1 + exp(s)) is the original GAN. Near the solution, a step multiplies (theta, psi) by a matrix. With
    a = c'(0), which is 1 or 1/2, and the learning rate h, the eigenvalues l of that matrix are

        simultaneous    l = 1 +- i h a, so |l| > 1          alternating    |l| = 1 for h a < 2
        R1              l^2 - (2 - h g) l + 1 - h g + h^2 a^2 = 0
        consensus       l = 1 - h g a^2 +- i h a            extragradient  l = 1 - h^2 a^2 +- i h a
        optimistic      l = (1 - 2 i h a +- sqrt(1 - 4 h^2 a^2)) / 2 and their conjugates
        unrolled        l^2 - (2 - 2 k h^2 a^2) l + 1 - 2 k h^2 a^2 + h^2 a^2 = 0

    with g the weight of the penalty and k the steps of the unrolled critic. Where all |l| are below 1, the path comes
    to the solution; for other paths the second derivatives of c decide. Everything is computed by autograd in float64.
    The procedures of gan_lab do these steps: `data=dirac optimizer=sgd`.
    Source: Mescheder et al. 2018, arXiv 1801.04406, for the Dirac-GAN, its eigenvalues and R1; Mescheder et al. 2017,
    arXiv 1705.10461; Gidel et al. 2019, arXiv 1802.10551; Daskalakis et al. 2018, arXiv 1711.00141; Metz et al. 2017,
    arXiv 1611.02163.
    """

    def __init__(
        self,
        *,
        rate: Positive,
        steps: PositiveInt,
        r1: NonNegative,
        consensus: NonNegative,
        unrolled: NonNegativeInt,
    ) -> None:
        """`r1` and `consensus` are weights, `unrolled` is the number of steps that the generator looks ahead."""
        self.settings = Settings(rate, r1, consensus, unrolled)
        self.steps = steps

    def explain(self) -> Explained:
        paths: dict[str, dict[str, Tensor]] = {}
        numbers: dict[str, Any] = {}
        for method, make in METHODS.items():
            paths[method], numbers[method] = {}, {}
            for name, game in GAMES.items():
                step, state = make(game, self.settings), start(method)
                way, found = path(step, state, self.steps), eigenvalues(step, len(state))
                paths[method][name] = way
                numbers[method][name] = {
                    "eigenvalues": [[value.real.item(), value.imag.item()] for value in found],
                    "modulus": found[0].abs().item(),
                    "theta": way[:, 0].tolist(),
                    "psi": way[:, 1].tolist(),
                }
        sentences = [f"{TITLES[method]}: {said(rows['bilinear'])}" for method, rows in numbers.items()]
        sentences.append(
            "The loss of the original GAN has half the slope at the solution, and there the largest eigenvalues are of "
            "size " + ", ".join(f"{rows['logistic']['modulus']:.4f} ({name})" for name, rows in numbers.items()) + "."
        )
        return Explained(self.draw(paths, numbers), numbers, sentences)

    def draw(self, paths: dict[str, dict[str, Tensor]], numbers: dict[str, Any]) -> Figure:
        figure = Figure(figsize=(13, 7.2), layout="constrained")
        *panels, far = figure.subplots(2, 4).flat
        for panel, (method, ways) in zip(panels, paths.items(), strict=True):
            for name, way in ways.items():
                draw_path(panel, way, COLORS[name], LABELS[name])
            sizes = " and ".join(f"{numbers[method][name]['modulus']:.4f}" for name in GAMES)
            panel.set_title(f"{TITLES[method]}\n|eigenvalue| {sizes}", fontsize=10)
            panel.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), aspect="equal")
            panel.set(xlabel="generator theta", ylabel="critic psi")
        for method, ways in paths.items():
            far.plot(ways["bilinear"].norm(dim=1), linewidth=1.4, label=TITLES[method])
        room = 2 * self.steps  # the right half is for the legend
        far.set(yscale="log", xlim=(0, room), ylim=(1e-4, 20), xlabel="step", ylabel="distance from the solution")
        far.set_title("the bilinear game", fontsize=10)
        far.legend(fontsize=7, loc="lower right")
        for panel in (*panels, far):
            panel.grid(alpha=0.3)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=9)
        return figure


def said(row: dict[str, Any]) -> str:
    """Returns what a method does in a game, in words, by the largest eigenvalue of its step."""
    size = row["modulus"]
    (real, imaginary) = row["eigenvalues"][0]
    turns = abs(imaginary) > ROUNDING
    how = "turns about the solution" if turns else "goes straight"
    value = f"{real:.4g} ± {abs(imaginary):.4g}i" if turns else f"{real:.4g}"
    if abs(size - 1) < ROUNDING:
        end = "the distance neither grows nor falls: a closed curve"
    elif size > 1:
        end = f"the distance doubles every {log(2) / log(size):.{0 if size < 1.07 else 1}f} steps"
    else:
        end = f"the distance halves every {-log(2) / log(size):.1f} steps" if size > 0 else "one step is enough"
    return f"the largest eigenvalue of a step is {value}, of size {size:.4f}; the path {how}, and {end}."


def draw_path(panel: Axes, way: Float[Tensor, "steps 2"], color: str, label: str) -> None:
    """Draws a path with a dot at its start, over a cross at the solution."""
    shown = torch.where(way.abs() < 10 * EDGE, way, torch.nan)  # what lies far outside of the picture
    panel.plot(shown[:, 0], shown[:, 1], color=color, linewidth=1.2, label=label)
    panel.plot(*way[0].tolist(), "o", color="black", markersize=4)
    panel.plot(0, 0, "+", color="black", markersize=9)

"""Critics of the same data, one constrained by weight clipping and the others by a gradient penalty."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from math import isfinite
from typing import Any, final

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LinearLR
from tqdm import tqdm

from gan_lab.data.base import DataModule
from gan_lab.domains import Positive, PositiveInt
from gan_lab.errors import GanLabError
from gan_lab.explain.base import FAKE, REAL, Explained, Explanation
from gan_lab.loss.base import AdversarialLoss
from gan_lab.metric.earth_mover import earth_mover_distance
from gan_lab.network.base import Critic
from gan_lab.noise import IndexedNoise
from gan_lab.penalty.base import Penalty, input_gradient
from gan_lab.penalty.gradient import interpolate
from gan_lab.penalty.weight_clipping import WeightClipping
from gan_lab.types import Contest, Latent

COLORS = ("tab:red", "tab:green", "tab:purple", "tab:brown")


@dataclass(frozen=True, slots=True)
class TrainedCritic:
    """A critic and its measurements."""

    critic: Critic
    numbers: dict[str, float]
    slopes: Float[Tensor, " n"]
    """Gradient norms on the lines between real and generated points."""


@final
class Lipschitz(Explanation):
    """Draws level sets of critics trained with weight clipping and with gradient penalties, and measures them.

    All start from the same weights and use the same batches. The generator is fixed: fakes are real points plus
    N(0, noise^2 I). The learning rate falls linearly to 0. Measured on held-out points, for each critic:

    - `slope_*`: mean gradient norm at real points, at fakes and on the lines between independent pairs of them, and
      the largest in the picture: near 1 for a two-sided penalty, at most about 1 for a one-sided one; for clipping it
      depends on the limit and on the depth;
    - `estimate`: E D(real) - E D(fake), to compare with `emd`, the exact earth mover's distance of the same points
      (a penalty allows slopes above 1, so the estimate can be larger than the distance);
    - `weights_at_limit`: the share of parameters within 1 % of plus or minus the clipping limit.

    The two-sided penalty also penalises slopes below 1 where the best critic is flatter, so its level sets take longer
    to separate the modes, and until then its estimate is too small: with three layers of 64 it reads 0.58 for 0.83
    after 1,000 steps, having found half of the modes. With three of 128 it has found all eight after 3,000.
    Source: Gulrajani et al. 2017, arXiv 1704.00028, figure 1; Petzka et al. 2018, arXiv 1709.08894, on the one-sided
    penalty. *Deviations:* smaller networks, fewer steps, one optimizer for all.
    """

    def __init__(
        self,
        *,
        data: DataModule,
        noise: Positive,
        critic: Critic,
        loss: AdversarialLoss,
        clipping: WeightClipping,
        penalties: dict[str, Penalty],
        optimizer: Callable[..., Optimizer],
        steps: PositiveInt,
        points: PositiveInt,
        seed: int,
    ) -> None:
        """`points` of each side are held out. There is a critic for `clipping` and one for each of `penalties`."""
        if data.shape != (2,) or critic.shape != (2,) or critic.outputs != 1:
            raise ValueError("level sets need data of shape [2] and a critic of such points with one output")
        if critic.couples_samples:
            raise ValueError(
                "a gradient penalty needs a critic that treats samples separately: no batch norm, no batch statistics"
            )
        self.data = data
        self.noise = noise
        self.critic = critic
        self.loss = loss
        self.clipping = clipping
        self.penalties = penalties
        self.optimizer = optimizer
        self.steps = steps
        self.points = points
        self.seed = seed

    def explain(self) -> Explained:
        self.data.setup()
        trained = {}
        total = (1 + len(self.penalties)) * self.steps
        with tqdm(total=total, desc="critics", unit="step", dynamic_ncols=True, mininterval=0.5) as bar:
            trained["clipping"] = self.train(None, self.clipping, bar)
            for name, penalty in self.penalties.items():
                trained[name] = self.train(penalty, None, bar)
        held_out = self.held_out(self.critic)
        assert held_out.real is not None
        emd = earth_mover_distance(held_out.real, held_out.fake)
        critics = {name: one.numbers for name, one in trained.items()}
        sentences = [
            f"{self.title(name)}: the gradient norm between real and generated points is {row['slope_lines']:.2g}, "
            f"{row['weights_at_limit']:.0%} of the weights are at ±{self.clipping.limit:g}, and the earth mover's "
            f"distance is estimated as {row['estimate']:.2g} (exact: {emd:.2g})."
            for name, row in critics.items()
        ]
        numbers = {"emd": emd, "points": self.points, "critics": critics}
        return Explained(self.draw(trained, held_out, emd), numbers, sentences)

    def title(self, name: str) -> str:
        """Returns a critic's name in figures."""
        return f"clipping to ±{self.clipping.limit:g}" if name == "clipping" else f"{name.replace('_', '-')} penalty"

    def train(self, penalty: Penalty | None, clipping: WeightClipping | None, bar: tqdm) -> TrainedCritic:
        """Trains a copy of the critic and returns it with its measurements."""
        critic = copy.deepcopy(self.critic)
        try:
            optimizer = self.optimizer(critic.parameters())
        except ValueError as error:
            raise GanLabError(f"lipschitz.optimizer: {error}") from error
        schedule = LinearLR(optimizer, start_factor=1.0, end_factor=0.0, total_iters=self.steps)
        for step in range(self.steps):
            contest = self.meet(critic, self.data.train.values, self.data.batch_size, "train", step)
            terms = self.loss.critic(contest)
            if penalty is not None:
                terms |= penalty(critic, contest)
            optimizer.zero_grad()
            torch.stack(list(terms.minimised.values())).sum().backward()
            optimizer.step()
            schedule.step()
            if clipping is not None:
                clipping(critic)
            bar.update()
        return self.measure(critic)

    def meet(self, critic: Critic, data: Tensor, n: int, *key: int | str) -> Contest:
        """Returns n real points, n fakes made from other real points, both drawn with replacement, and their scores."""
        noise = IndexedNoise(("lipschitz", self.seed, *key), data.device)
        real, other = (data[(noise.uniform(n) * len(data)).long()] for _ in range(2))
        z = noise.normal(n, 2)
        fake = other + self.noise * z
        return Contest(fake=fake, on_fake=critic(fake), latent=Latent(z), noise=noise, real=real, on_real=critic(real))

    def held_out(self, critic: Critic) -> Contest:
        return self.meet(critic, self.data.validation.values, self.points, "held out")

    def measure(self, critic: Critic) -> TrainedCritic:
        contest = self.held_out(critic)
        assert contest.real is not None
        assert contest.on_real is not None
        slopes = slope(critic, interpolate(contest))
        weights = all_weights(critic)
        numbers = {
            "slope_real": slope(critic, contest.real).mean().item(),
            "slope_fake": slope(critic, contest.fake).mean().item(),
            "slope_lines": slopes.mean().item(),
            "slope_lines_std": slopes.std().item(),
            "slope_largest": slope(critic, plane(self.edge, 100)).max().item(),
            "estimate": (contest.on_real.score.mean() - contest.on_fake.score.mean()).item(),
            "weights_at_limit": (weights.abs() / self.clipping.limit - 1).abs().le(0.01).float().mean().item(),
            "weight_largest": weights.abs().max().item(),
        }
        if not all(map(isfinite, numbers.values())):
            raise GanLabError("a critic of lipschitz diverged: lower lipschitz.optimizer.lr")
        return TrainedCritic(critic, numbers, slopes)

    @property
    def edge(self) -> float:
        """Half the width of the picture."""
        return 1.5 * self.data.validation.values.abs().max().item()

    def draw(self, trained: dict[str, TrainedCritic], held_out: Contest, emd: float) -> Figure:
        figure = Figure(figsize=(11, 7.4), layout="constrained")
        parts: Any = figure.subfigures(2, 1, height_ratios=(1.6, 1))
        top, bottom = parts
        for panel, (name, one) in zip(top.subplots(1, len(trained), squeeze=False)[0], trained.items(), strict=True):
            self.draw_level_sets(panel, one.critic, held_out)
            slope, estimate = one.numbers["slope_lines"], one.numbers["estimate"]
            panel.set_title(
                f"{self.title(name)}: gradient norm {slope:.2g},\nestimated distance {estimate:.2g} (exact: {emd:.2g})",
                fontsize=10,
            )
        top.axes[0].legend(fontsize=8, loc="upper right")
        slopes, weights = bottom.subplots(1, 2)
        for (name, one), color in zip(trained.items(), cycle(COLORS), strict=False):
            style: dict[str, Any] = {"color": color, "alpha": 0.5, "label": self.title(name)}
            draw_sizes(slopes, one.slopes, **style)
            draw_sizes(weights, all_weights(one.critic).abs(), **style)
        slopes.axvline(1, color="black", linestyle=":", linewidth=1)
        slopes.set(xlabel="gradient norm on the lines between real and generated points", ylabel="share of points")
        slopes.set_title("Penalties keep the gradient norm at 1 (one-sided: at most 1)", fontsize=10)
        weights.axvline(self.clipping.limit, color="black", linestyle=":", linewidth=1)
        weights.set(xlabel="absolute value of a weight", ylabel="share of weights")
        weights.set_title("Clipping pushes weights to its limit", fontsize=10)
        slopes.legend(fontsize=8, loc="upper left")
        return figure

    def draw_level_sets(self, panel: Axes, critic: Critic, held_out: Contest) -> None:
        """Draws the critic's score in about fifteen levels, under real and generated points."""
        axis, cells = torch.linspace(-self.edge, self.edge, 100), plane(self.edge, 100)
        with torch.no_grad():
            score = critic(cells).score.view(100, 100).T
        drawn = panel.contourf(axis, axis, score, levels=15, cmap="viridis")
        panel.contour(axis, axis, score, levels=15, colors="white", linewidths=0.5, linestyles="solid")
        bar = panel.figure.colorbar(drawn, ax=panel, location="bottom", shrink=0.9, aspect=30)
        bar.locator = MaxNLocator(3)
        bar.ax.tick_params(labelsize=8)
        bar.set_label("score", fontsize=8)
        assert held_out.real is not None
        for points, color, label in ((held_out.fake, FAKE, "generated"), (held_out.real, REAL, "real")):
            panel.scatter(points[:300, 0], points[:300, 1], s=6, color=color, linewidths=0, label=label)
        panel.set(xlim=(-self.edge, self.edge), ylim=(-self.edge, self.edge), aspect="equal")


def draw_sizes(panel: Axes, sizes: Float[Tensor, " n"], **style: Any) -> None:
    """Draws a histogram of sizes from 1e-5 to 10 on a logarithmic axis, ten bins a decade; the first holds smaller
    ones."""
    edges = torch.logspace(-5.05, 1.05, 62)
    panel.hist(sizes.clamp(edges[0], edges[-1]), bins=edges.tolist(), weights=[1 / len(sizes)] * len(sizes), **style)
    panel.set_xscale("log")


def all_weights(critic: Critic) -> Float[Tensor, " n"]:
    """Returns every parameter, including biases, as one vector."""
    return torch.cat([parameter.detach().flatten() for parameter in critic.parameters()])


def slope(critic: Critic, at: Float[Tensor, "n 2"]) -> Float[Tensor, " n"]:
    """Returns the norm of the gradient of the score with respect to the point."""
    return input_gradient(critic, at).detach().norm(dim=1)


def plane(edge: float, cells: int) -> Float[Tensor, "n 2"]:
    """Returns a square grid of cells x cells points; the second coordinate varies fastest."""
    axis = torch.linspace(-edge, edge, cells)
    return torch.cartesian_prod(axis, axis)

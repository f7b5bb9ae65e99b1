"""A perfect classifier, which cannot tell a better generator from a worse one."""

from itertools import pairwise
from math import log
from typing import final

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.domains import Positive, PositiveInt
from gan_lab.explain.base import FAKE, REAL, Explained, Explanation
from gan_lab.noise import seed_of

Row = dict[str, int | float]
"""One setting and its results."""


@final
class Classifier(Explanation):
    """Fits logistic regression between real and generated samples until its cross-entropy no longer falls.

    There are two experiments, one for each reason why supports do not overlap:

    - low dimension: two vertical strips, uniform on [0, w] x [-1, 1] and on [w + gap, 2w + gap] x [-1, 1]. For gaps of
    0
      or more, training accuracy is 1, and log 2 minus the mean cross-entropy, a lower bound of the samples' JS, is
      log 2 (Arjovsky & Bottou 2017, arXiv 1701.04862). For gaps below 0, the share -gap / w of each strip overlaps: the
      best accuracy is 1 + gap / 2w, and JS = (1 + gap / w) log 2;
    - too few samples: both sides are N(0, I), so that JS is 0 and no classifier is better than chance on new samples.
      But n training samples per side are separated without error if 2n <= dim + 1, and usually up to 2n = 2 (dim + 1)
      (Cover 1965, "Geometrical and statistical properties of systems of linear inequalities").
    """

    def __init__(
        self,
        *,
        width: Positive,
        gaps: tuple[float, ...],
        samples: PositiveInt,
        dim: PositiveInt,
        sizes: tuple[PositiveInt, ...],
        repeats: PositiveInt,
        held_out: PositiveInt,
        seed: int,
    ) -> None:
        """`samples` of each strip, `sizes` of each Gaussian and `held_out` are numbers of samples per side."""
        if not gaps or min(gaps) < -width or not rises(gaps) or gaps[-1] <= 0:
            raise ValueError(f"gaps must increase from -width or above to a value above 0, not {list(gaps)}")
        if not sizes or not rises(sizes):
            raise ValueError(f"sizes must be a list of increasing numbers, not {list(sizes)}")
        self.width = width
        self.gaps = gaps
        self.samples = samples
        self.dim = dim
        self.sizes = sizes
        self.repeats = repeats
        self.held_out = held_out
        self.seed = seed

    def explain(self) -> Explained:
        strips = [self.strips(gap) for gap in self.gaps]
        gaussians = [self.gaussians(size) for size in self.sizes]
        numbers = {"log_2": log(2), "strips": strips, "gaussians": gaussians}
        apart = [row for row in strips if row["gap"] >= 0]
        certain = [row for row in gaussians if 2 * row["size"] <= self.dim + 1]
        sentences = [
            f"For strips with gaps from {apart[0]['gap']:g} to {apart[-1]['gap']:g}, the accuracy is at least "
            f"{min(row['accuracy'] for row in apart):.3f} on training samples and "
            f"{min(row['held_out_accuracy'] for row in apart):.3f} on held-out ones, and the cross-entropy at most "
            f"{max(row['cross_entropy'] for row in apart):.1e}: the estimate of JS is log 2 for all of them.",
        ]
        if certain:
            sentences.append(
                f"For the same Gaussian on both sides, with {certain[-1]['size']} samples of each in {self.dim} "
                f"dimensions, the accuracy is {certain[-1]['accuracy']:.3f} on training samples and "
                f"{certain[-1]['held_out_accuracy']:.3f} on held-out ones: the estimate of JS is "
                f"{log(2) - certain[-1]['cross_entropy']:.4f}, but the true value is 0."
            )
        return Explained(self.draw(strips, gaussians), numbers, sentences)

    def strips(self, gap: float) -> Row:
        """Returns the results for one gap, and what they would be for the best of all classifiers."""
        classifier = fit_linear(*self.draw_strips(gap, self.samples, "train"))
        measures = judge(classifier, self.draw_strips(gap, self.samples, "train"), "")
        measures |= judge(classifier, self.draw_strips(gap, self.held_out, "held out"), "held_out_")
        overlap = max(-gap / self.width, 0.0)
        return {"gap": gap, **measures, "best_accuracy": 1 - overlap / 2, "js": (1 - overlap) * log(2)}

    def draw_strips(self, gap: float, n: int, part: str) -> tuple[Tensor, Tensor]:
        """Draws points on both strips; for every gap they are the same, up to the shift of one strip."""
        random = torch.Generator().manual_seed(seed_of("strips", self.seed, part))
        low, size = torch.tensor([0.0, -1.0]), torch.tensor([self.width, 2.0])
        real, fake = low + size * torch.rand(2, n, 2, generator=random, dtype=torch.float64)
        return real, fake + torch.tensor([self.width + gap, 0.0])

    def gaussians(self, size: int) -> Row:
        """Returns the results for one training size, as means over the repeats."""
        rows = []
        for repeat in range(self.repeats):
            random = torch.Generator().manual_seed(seed_of("gaussians", self.seed, size, repeat))
            n = size + self.held_out
            real, fake = torch.randn(2, n, self.dim, generator=random, dtype=torch.float64)
            train, held_out = (real[:size], fake[:size]), (real[size:], fake[size:])
            classifier = fit_linear(*train)
            rows.append(judge(classifier, train, "") | judge(classifier, held_out, "held_out_"))
        return {"size": size} | {key: sum(row[key] for row in rows) / len(rows) for key in rows[0]}

    def draw(self, strips: list[Row], gaussians: list[Row]) -> Figure:
        figure = Figure(figsize=(10, 7), layout="constrained")
        (points, accuracy), (divergence, size) = figure.subplots(2, 2)
        gap = [row["gap"] for row in strips]
        self.draw_points(points)

        accuracy.plot(gap, column(strips, "best_accuracy"), color="0.6", linewidth=4, label="best possible (exact)")
        accuracy.plot(gap, column(strips, "accuracy"), "o-", color="tab:red", markersize=4, label="training")
        accuracy.plot(gap, column(strips, "held_out_accuracy"), "x--", color="black", label="held out")
        accuracy.set(xlabel="gap between the strips (below 0: overlap)", ylabel="accuracy", ylim=(0.45, 1.05))
        accuracy.set_title("Without overlap, accuracy is 100 % at every gap", fontsize=10)

        read = "log 2 - cross-entropy (training)"
        divergence.plot(gap, column(strips, "js"), color="0.6", linewidth=4, label="JS (exact)")
        divergence.plot(
            gap,
            [log(2) - entropy for entropy in column(strips, "cross_entropy")],
            "o-",
            color="tab:red",
            markersize=4,
            label=read,
        )
        divergence.axhline(log(2), color="tab:red", linestyle=":", linewidth=1)
        divergence.set(xlabel="gap between the strips (below 0: overlap)", ylabel="nats", ylim=(-0.03, 0.78))
        divergence.set_title("The objective is log 2 at every gap", fontsize=10)

        n = column(gaussians, "size")
        size.plot(n, column(gaussians, "accuracy"), "o-", color="tab:red", markersize=4, label="training")
        size.plot(n, column(gaussians, "held_out_accuracy"), "x--", color="black", label="held out")
        size.axvline((self.dim + 1) / 2, color="0.6", linewidth=1.5)
        size.annotate(
            f" always separable up to\n {self.dim + 1} samples in total",
            ((self.dim + 1) / 2, 0.62),
            color="0.4",
            fontsize=8,
        )
        size.set(xlabel="training samples per side", ylabel="accuracy", ylim=(0.45, 1.05), xscale="log")
        size.set_title(f"Real and generated are both N(0, I) in {self.dim} dimensions: JS = 0", fontsize=10)
        for panel in (accuracy, divergence, size):
            panel.legend(fontsize=8)
            panel.grid(alpha=0.3)
        return figure

    def draw_points(self, panel: Axes) -> None:
        """Draws the strips at the middle one of the gaps above 0, with the fitted boundary."""
        positive = [gap for gap in self.gaps if gap > 0]
        gap = positive[len(positive) // 2]
        sides = self.draw_strips(gap, self.samples, "train")
        for points, color, label in zip(sides, (REAL, FAKE), ("real", "generated"), strict=True):
            panel.scatter(points[:, 0], points[:, 1], s=6, color=color, alpha=0.6, label=label)
        classifier = fit_linear(*sides)
        (across, along), bias = classifier.weight[0].tolist(), classifier.bias.item()
        height = torch.tensor([-1.0, 1.0])
        panel.plot(-(bias + along * height) / across, height, color="black", linewidth=1.5, label="score 0")
        panel.set(xlabel="x", ylabel="y")
        panel.set_title(f"Two thin supports with gap {gap:g}", fontsize=10)
        panel.legend(fontsize=8, loc="upper center", ncols=3)
        panel.set(xlim=(-1.2, 1.4 + 2 * self.width), ylim=(-1.15, 1.5), aspect="equal")


def rises(values: tuple[float, ...] | tuple[int, ...]) -> bool:
    return all(a < b for a, b in pairwise(values))


def column(rows: list[Row], key: str) -> list[int | float]:
    return [row[key] for row in rows]


def fit_linear(real: Float[Tensor, "n d"], fake: Float[Tensor, "n d"]) -> nn.Linear:
    """Returns the linear logits with the smallest cross-entropy, found by L-BFGS in float64.

    For separable samples there is no minimum; the fit stops when all gradients are below 1e-9.
    """
    classifier = nn.utils.skip_init(nn.Linear, real.shape[1], 1, dtype=torch.float64)
    nn.init.zeros_(classifier.weight)
    nn.init.zeros_(classifier.bias)
    optimizer = torch.optim.LBFGS(
        classifier.parameters(),
        max_iter=1000,
        tolerance_grad=1e-9,
        tolerance_change=1e-12,
        history_size=20,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = cross_entropy(classifier(real), classifier(fake))
        loss.backward()
        return loss

    optimizer.step(closure)
    return classifier


def cross_entropy(real: Float[Tensor, "n 1"], fake: Float[Tensor, "m 1"]) -> Float[Tensor, ""]:
    """Returns (E softplus(-r) + E softplus(f)) / 2, which is log 2 for score 0 and at least log 2 - JS."""
    return (F.softplus(-real).mean() + F.softplus(fake).mean()) / 2


@torch.no_grad()
def judge(classifier: nn.Linear, sides: tuple[Tensor, Tensor], prefix: str) -> Row:
    """Returns accuracy and cross-entropy in nats."""
    real, fake = map(classifier, sides)
    entropy = cross_entropy(real, fake).item()
    right = ((real > 0).double().mean() + (fake < 0).double().mean()).item() / 2
    return {f"{prefix}accuracy": right, f"{prefix}cross_entropy": entropy}

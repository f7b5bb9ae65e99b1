"""The gradient that the generator gets from each loss: with a sigmoid it vanishes, with a linear score it does not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from gan_lab.domains import Positive
from gan_lab.explain.base import Explained, Explanation
from gan_lab.loss.minimax import Minimax
from gan_lab.loss.non_saturating import NonSaturating
from gan_lab.loss.wasserstein import Wasserstein
from gan_lab.noise import IndexedNoise
from gan_lab.types import Contest, CriticOutput, Latent

Formula = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Case:
    """A generator's loss of one score, its best linear critic between two Gaussians, and formulas of both gradients."""

    label: str
    color: str
    loss: Formula
    """score -> the generator's loss, sample by sample"""
    by_score: Formula
    """score -> dL_G/dscore"""
    critic: Callable[[Tensor, Tensor], Tensor]
    """(x, d) -> the score at x of the best critic of this kind, between real N(0, 1) and generated N(d, 1)"""
    by_sample: Formula
    """d -> dL_G/dx at x = d"""


def house(loss: Minimax | NonSaturating | Wasserstein) -> Formula:
    """Returns our loss of a batch as a function of single scores."""

    def of_one(score: Tensor) -> Tensor:
        n = len(score)
        noise = IndexedNoise(("unused",), score.device)
        judged = CriticOutput(score[:, None], score[:, None])
        contest = Contest(fake=score[:, None], on_fake=judged, latent=Latent(score[:, None]), noise=noise)
        return n * loss.generator(contest).minimised["fake"]  # n times a mean is the sum over scores

    return of_one


def logit(x: Tensor, d: Tensor) -> Tensor:
    """Returns log p(x) / q(x) = d^2 / 2 - d x, the score of the optimal classifier."""
    return d * (d / 2 - x)


def regression(x: Tensor, d: Tensor) -> Tensor:
    """Returns the least squares line that fits 1 on real and 0 on generated samples."""
    return 0.5 - d / (4 + d.square()) * (x - d / 2)


CASES = {
    "minimax": Case(
        label="minimax, log(1 - sigmoid)",
        color="tab:red",
        loss=house(Minimax()),
        by_score=lambda s: -s.sigmoid(),
        critic=logit,
        by_sample=lambda d: d * (-d.square() / 2).sigmoid(),
    ),
    "non_saturating": Case(
        label="non-saturating, -log sigmoid",
        color="tab:purple",
        loss=house(NonSaturating()),
        by_score=lambda s: -(-s).sigmoid(),
        critic=logit,
        by_sample=lambda d: d * (d.square() / 2).sigmoid(),
    ),
    "least_squares": Case(
        label="least squares, (score - 1)² / 2",
        color="tab:green",
        loss=lambda s: 0.5 * (s - 1).square(),
        by_score=lambda s: s - 1,
        critic=regression,
        by_sample=lambda d: d * (d.square() + 2) / (d.square() + 4).square(),
    ),
    "wasserstein": Case(
        label="Wasserstein, -score",
        color="tab:blue",
        loss=house(Wasserstein()),
        by_score=lambda s: -torch.ones_like(s),
        critic=lambda x, d: -x,
        by_sample=torch.ones_like,
    ),
}


@final
class Gradients(Explanation):
    """The gradient of each generator loss with respect to the score of a generated sample, and to the sample itself.

    With respect to the score s, where sigma is the sigmoid (s is very negative if the critic is sure that a sample is
    generated):

        minimax -sigma(s);  non-saturating sigma(s) - 1;  least squares s - 1;  Wasserstein -1

    With respect to the sample x = d, the centre of the generated N(d, 1); the real distribution is N(0, 1). The critic
    is the best one of its kind, in all cases a line a x + b: for the sigmoid the log-ratio of the densities, for least
    squares the regression onto 1 and 0, and for Wasserstein -x. With d > 0 the gradients are

        minimax d sigma(-d^2 / 2);  non-saturating d sigma(d^2 / 2);  least squares d (d^2 + 2) / (d^2 + 4)^2;  1

    The first vanishes as exp(-d^2 / 2), the third only as 1 / d. The reason is that the regression is restricted to
    lines: the least squares optimum among all functions, p / (p + q), is as flat as a sigmoid.

    Every value is computed by autograd in float64; the formulas are drawn as lines beneath. Sources: Goodfellow et al.
    2014, arXiv 1406.2661; Mao et al. 2017, arXiv 1611.04076 (labels 0, 1, 1); Arjovsky et al. 2017, arXiv 1701.07875.
    """

    def __init__(self, *, largest_score: Positive, longest_distance: Positive) -> None:
        """Scores range from `-largest_score` to `largest_score`, distances d from 0 to `longest_distance`."""
        self.scores = torch.linspace(-largest_score, largest_score, 33, dtype=torch.float64)
        self.distances = torch.linspace(longest_distance / 32, longest_distance, 32, dtype=torch.float64)

    def explain(self) -> Explained:
        rows: dict[str, dict[str, Any]] = {}
        for name, case in CASES.items():
            by_score, by_sample = score_gradient(case, self.scores), sample_gradient(case, self.distances)
            rows[name] = {
                "by_score": by_score.tolist(),
                "by_sample": by_sample.tolist(),
                "largest_error_by_score": (by_score - case.by_score(self.scores)).abs().max().item(),
                "largest_error_by_sample": (by_sample - case.by_sample(self.distances)).abs().max().item(),
            }
        numbers = {"scores": self.scores.tolist(), "distances": self.distances.tolist(), "losses": rows}
        sentences = [
            f"{case.label}: the gradient is {rows[name]['by_score'][0]:.3g} with respect to a score of "
            f"{self.scores[0].item():g}, and {rows[name]['by_sample'][-1]:.3g} with respect to a sample "
            f"{self.distances[-1].item():g} standard deviations away."
            for name, case in CASES.items()
        ]
        return Explained(self.draw(rows), numbers, sentences)

    def draw(self, rows: dict[str, dict[str, Any]]) -> Figure:
        figure = Figure(figsize=(10.5, 5), layout="constrained")
        by_score, by_sample = figure.subplots(1, 2)
        for name, case in CASES.items():
            style: dict[str, Any] = {"color": case.color, "label": case.label}
            dots = {"color": case.color, "s": 11}
            by_score.plot(self.scores, case.by_score(self.scores), linewidth=1.2, **style)
            by_score.scatter(self.scores, rows[name]["by_score"], **dots)
            by_sample.plot(self.distances, case.by_sample(self.distances), linewidth=1.2, **style)
            by_sample.scatter(self.distances, rows[name]["by_sample"], **dots)
        by_score.axhline(0, color="0.5", linewidth=0.8)
        by_score.set(xlabel="score of a generated sample", ylabel="dL_G / dscore", ylim=(-4, 2))
        by_score.set_title("Gradient w.r.t. the score (left: surely generated)", fontsize=10)
        by_sample.set(
            xlabel="distance d between N(d, 1) and the real N(0, 1)", ylabel="dL_G / dx at x = d", yscale="log"
        )
        by_sample.set_ylim(1e-9, 30)
        by_sample.set_title("Gradient w.r.t. the sample, for the best linear critic", fontsize=10)
        title = "generator loss (dots: autograd, lines: formula)"
        handles = by_score.get_legend_handles_labels()[0]
        figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=9, title=title, title_fontsize=9)
        for panel in (by_score, by_sample):
            panel.grid(alpha=0.3)
        return figure


def score_gradient(case: Case, scores: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
    """Returns dL_G/dscore at each score, by autograd."""
    scores = scores.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(case.loss(scores).sum(), scores)
    return gradient


def sample_gradient(case: Case, distances: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
    """Returns dL_G/dx at x = d for each distance d, by autograd through the critic that belongs to d."""
    x = distances.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(case.loss(case.critic(x, distances)).sum(), x)
    return gradient

"""What the best critic's score is, found by minimising the critic's loss at one point of known densities p and q."""

from collections.abc import Callable
from functools import partial
from math import erf, log, sqrt

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal

from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.fgan import DIVERGENCES, FGAN
from gan_lab.loss.hinge import Hinge
from gan_lab.loss.least_squares import LeastSquares
from gan_lab.loss.minimax import Minimax
from gan_lab.loss.non_saturating import NonSaturating
from tests.contests import contest

LOSSES: list[Callable[[], AdversarialLoss]] = [
    NonSaturating,
    partial(NonSaturating, real_target=0.75),
    Minimax,
    LeastSquares,
    partial(LeastSquares, fake_label=-1.0, real_label=1.0, generator_label=0.0),
    *(partial(FGAN, divergence=name) for name, row in DIVERGENCES.items() if not row.sign_alone),
]


def best_score(loss: AdversarialLoss, p: float, q: float) -> Tensor:
    """argmin over s of p L_real(s) + q L_fake(s), by bisection of the slope."""
    low, high = -20.0, 20.0
    for _ in range(60):
        score = torch.tensor([(low + high) / 2], dtype=torch.float64, requires_grad=True)
        terms = loss.critic(contest(score, score)).minimised
        (slope,) = torch.autograd.grad(p * terms["real"] + q * terms["fake"], score)
        low, high = (low, score.item()) if slope > 0 else (score.item(), high)
    return torch.tensor([[(low + high) / 2]], dtype=torch.float64)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("p", "q"), [(0.5, 0.5), (0.9, 0.1), (0.05, 0.6), (2.0, 1.5)])
def test_log_ratio_of_the_best_score(loss: Callable[[], AdversarialLoss], p: float, q: float) -> None:
    assert loss().log_ratio(best_score(loss(), p, q)).item() == pytest.approx(log(p / q), abs=1e-5)


@pytest.mark.parametrize(("a", "b"), [(0.0, 1.0), (-1.0, 1.0), (2.0, 5.0)])
def test_least_squares_averages_its_labels(a: float, b: float) -> None:
    loss = LeastSquares(fake_label=a, real_label=b, generator_label=b)
    assert best_score(loss, 0.3, 0.9).item() == pytest.approx((b * 0.3 + a * 0.9) / 1.2, abs=1e-8)


def gaussians(n: int = 20_000) -> tuple[Tensor, Tensor]:
    """n quantiles of N(0, 1) and of N(1, 1): means over them are integrals."""
    shares = (torch.arange(n, dtype=torch.float64) + 0.5) / n
    x = Normal(torch.zeros((), dtype=torch.float64), 1.0).icdf(shares)
    return x, x + 1


def test_hinge_shows_the_total_variation() -> None:
    # Best score: sign(p - q), that is of 0.5 - x. TV = P(|N| < 0.5).
    real, fake = gaussians()
    terms = Hinge().critic(contest((0.5 - real).sign(), (0.5 - fake).sign()))
    assert terms.diagnostics["total_variation_bound"].item() == pytest.approx(erf(0.5 / sqrt(2)), abs=1e-3)
    worse = Hinge().critic(contest((0.8 - real).sign(), (0.8 - fake).sign()))
    assert worse.diagnostics["total_variation_bound"] < terms.diagnostics["total_variation_bound"] - 0.01


@pytest.mark.parametrize(("a", "b"), [(0.0, 1.0), (-1.0, 1.0)])
def test_least_squares_shows_the_triangular_discrimination(a: float, b: float) -> None:
    # Best score: a + (b - a) p / (p + q), p / (p + q) = sigmoid(0.5 - x). TD = E_q (u - 1)^2 / (u + 1), u = p / q.
    real, fake = gaussians()
    u = (0.5 - fake).exp()
    truth = ((u - 1).square() / (u + 1)).mean().item()
    loss = LeastSquares(fake_label=a, real_label=b, generator_label=b)

    def shown(sharpness: float) -> float:
        scores = (a + (b - a) * (sharpness * (0.5 - x)).sigmoid() for x in (real, fake))
        return loss.critic(contest(*scores)).diagnostics["triangular_bound"].item()

    assert shown(1) == pytest.approx(truth, abs=1e-3)
    assert shown(2) < truth - 0.05
    assert shown(0.5) < truth - 0.05


def test_the_other_labels_of_least_squares_minimise_half_the_triangular_discrimination() -> None:
    real, fake = gaussians()
    loss = LeastSquares(fake_label=-1.0, real_label=1.0, generator_label=0.0)
    score = lambda x: 2 * (0.5 - x).sigmoid() - 1
    constant = score(real).square().mean() / 2
    value = loss.generator(contest(score(real), score(fake))).minimised["fake"] + constant
    shown = loss.critic(contest(score(real), score(fake))).diagnostics["triangular_bound"]
    assert value.item() == pytest.approx(shown.item() / 2, abs=1e-6)


def test_least_squares_refuses_labels_that_put_fake_above_real() -> None:
    for labels in ((1.0, 0.0, 0.0), (0.0, 1.0, -1.0), (0.0, 0.0, 1.0)):
        with pytest.raises(ValueError, match="fake_label must be below"):
            LeastSquares(fake_label=labels[0], real_label=labels[1], generator_label=labels[2])


def test_a_hinge_critic_stops_at_its_margins_and_the_generator_does_not() -> None:
    real, fake = torch.tensor([1.5, 4.0], requires_grad=True), torch.tensor([-1.5, -9.0], requires_grad=True)
    terms = Hinge().critic(contest(real, fake)).minimised
    by_critic = torch.autograd.grad(terms["real"] + terms["fake"], [real, fake])
    assert terms["real"] + terms["fake"] == 0
    assert all((slope == 0).all() for slope in by_critic)
    (by_generator,) = torch.autograd.grad(Hinge().generator(contest(real, fake)).minimised["fake"], fake)
    assert by_generator.tolist() == [-0.5, -0.5]

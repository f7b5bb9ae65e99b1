"""Losses on one score: closed forms, signs, overflow, means."""

from collections.abc import Callable
from functools import partial
from math import log

import pytest
import torch
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.fgan import DIVERGENCES, FGAN
from gan_lab.loss.hinge import Hinge
from gan_lab.loss.least_squares import LeastSquares
from gan_lab.loss.minimax import Minimax
from gan_lab.loss.non_saturating import NonSaturating
from gan_lab.loss.relativistic import Relativistic
from gan_lab.loss.relativistic_average import COSTS, RelativisticAverage
from gan_lab.loss.wasserstein import Wasserstein
from tests.contests import contest, total

LOSSES: list[Callable[[], AdversarialLoss]] = [
    NonSaturating,
    partial(NonSaturating, real_target=0.9),
    Minimax,
    Wasserstein,
    LeastSquares,
    Hinge,
    Relativistic,
    *(partial(RelativisticAverage, form=form) for form in COSTS),
    *(partial(FGAN, divergence=name, generator=form) for name in DIVERGENCES for form in ("trick", "saturating")),
]
WITHOUT_RATIO = [
    loss
    for loss in LOSSES
    if isinstance(loss(), Wasserstein | Hinge | Relativistic | RelativisticAverage)
    or getattr(loss(), "divergence", None) == "total_variation"
]


def values(loss: AdversarialLoss, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    meeting = contest(real, fake)
    return total(loss.critic(meeting).minimised), total(loss.generator(meeting).minimised)


@pytest.mark.parametrize(
    ("loss", "real", "fake", "critic", "generator"),
    [
        (NonSaturating(), 0.0, 0.0, 2 * log(2), log(2)),
        (Minimax(), 0.0, 0.0, 2 * log(2), -log(2)),
        (NonSaturating(), 1.0, -2.0, 0.3132617 + 0.1269280, 2.1269280),
        (Minimax(), 1.0, -2.0, 0.3132617 + 0.1269280, -0.1269280),
        (Wasserstein(), 3.0, 1.0, -2.0, -1.0),
        (NonSaturating(real_target=0.9), log(9), 0.0, 0.325083 + log(2), log(2)),
        (LeastSquares(), 0.5, 0.5, 0.25, 0.125),
        (LeastSquares(fake_label=-1.0, real_label=1.0, generator_label=0.0), 0.0, 0.0, 1.0, 0.0),
        (LeastSquares(fake_label=-1.0, real_label=1.0, generator_label=0.0), 3.0, -2.0, 2.5, 2.0),
        (Hinge(), 0.0, 0.0, 2.0, 0.0),
        (Hinge(), 0.5, 2.0, 3.5, -2.0),
        (Hinge(), 1.5, -3.0, 0.0, 3.0),
        (Relativistic(), 7.0, 7.0, log(2), log(2)),
        (Relativistic(), 1.0, -2.0, 0.0485874, 3.0485874),
        (RelativisticAverage(form="standard"), 7.0, 7.0, log(2), log(2)),
        (RelativisticAverage(form="least_squares"), 7.0, 7.0, 1.0, 1.0),
        (RelativisticAverage(form="hinge"), 7.0, 7.0, 1.0, 1.0),
        (RelativisticAverage(form="standard"), 1.0, -2.0, 0.0485874, 3.0485874),
        (RelativisticAverage(form="least_squares"), 1.0, -2.0, 4.0, 16.0),
        (RelativisticAverage(form="hinge"), 1.0, -2.0, 0.0, 4.0),
    ],
)
def test_closed_forms_on_constant_scores(
    loss: AdversarialLoss, real: float, fake: float, critic: float, generator: float
) -> None:
    found = values(loss, torch.full((8,), real), torch.full((8,), fake))
    torch.testing.assert_close(torch.stack(found), torch.tensor([critic, generator]), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_each_player_wants_what_it_should(loss: Callable[[], AdversarialLoss]) -> None:
    wants_what_it_should(loss(), score=0.5)


def test_each_player_wants_what_it_should_with_the_other_labels_of_least_squares() -> None:
    wants_what_it_should(LeastSquares(fake_label=-1.0, real_label=1.0, generator_label=0.0), score=-0.5)


def wants_what_it_should(loss: AdversarialLoss, score: float) -> None:
    real, fake = (torch.full((4,), score, requires_grad=True) for _ in range(2))
    critic, generator = values(loss, real, fake)
    by_real, by_fake = torch.autograd.grad(critic, [real, fake])
    (by_generator,) = torch.autograd.grad(generator, [fake])
    assert (by_real < 0).all()
    assert (by_fake > 0).all()
    assert (by_generator < 0).all()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("score", [1e3, -1e3])
def test_finite_at_extreme_scores(loss: Callable[[], AdversarialLoss], score: float) -> None:
    real, fake = (torch.full((4,), s, requires_grad=True) for s in (score, -score))
    for value in values(loss(), real, fake):
        gradients = torch.autograd.grad(value, [real, fake], allow_unused=True)
        assert value.isfinite()
        assert all(g is None or g.isfinite().all() for g in gradients)


@pytest.mark.parametrize("loss", LOSSES)
def test_doubling_the_batch_changes_nothing(loss: Callable[[], AdversarialLoss]) -> None:
    real, fake = torch.randn(6), torch.randn(6)
    torch.testing.assert_close(values(loss(), real, fake), values(loss(), real.repeat(2), fake.repeat(2)))


def test_the_best_critic_between_two_gaussians_loses_2_log_2_minus_2_js() -> None:
    # p = N(0, 1), q = N(1, 1): the optimal logit is 0.5 - x, and 2 JS = 0.222843.
    x = torch.linspace(-12, 13, 200_001, dtype=torch.float64)
    p, q = (torch.exp(-0.5 * (x - mean) ** 2) for mean in (0, 1))
    p, q = p / p.sum(), q / q.sum()
    logit = 0.5 - x
    value = (p * torch.nn.functional.softplus(-logit) + q * torch.nn.functional.softplus(logit)).sum()
    assert value.item() == pytest.approx(2 * log(2) - 0.222843, abs=1e-5)
    assert NonSaturating().log_ratio(logit[:, None]).equal(logit)


def test_the_saturating_generator_gets_no_gradient_from_a_confident_critic() -> None:
    fake = torch.tensor([-30.0], requires_grad=True)
    slopes = [torch.autograd.grad(values(loss(), fake, fake)[1], fake)[0].abs() for loss in (Minimax, NonSaturating)]
    assert slopes[0] < 1e-12
    assert slopes[1] > 0.99


def test_wasserstein_estimate_is_positive_while_the_critic_is_ahead() -> None:
    terms = Wasserstein().critic(contest(torch.tensor([3.0, 5.0]), torch.tensor([1.0, 1.0])))
    assert terms.diagnostics["wasserstein_estimate"] == 3.0


def test_accuracy_counts_both_sides() -> None:
    terms = NonSaturating().critic(contest(torch.tensor([1.0, -1.0]), torch.tensor([-1.0, -1.0])))
    assert terms.diagnostics["accuracy"] == 0.75


@pytest.mark.parametrize("loss", WITHOUT_RATIO)
def test_some_scores_are_no_log_ratios(loss: Callable[[], AdversarialLoss]) -> None:
    with pytest.raises(GanLabError, match="calibrate"):
        loss().log_ratio(torch.zeros(3, 1))


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss not in WITHOUT_RATIO])
def test_other_log_ratios_rise_with_the_score_and_are_finite(loss: Callable[[], AdversarialLoss]) -> None:
    found = loss().log_ratio(torch.tensor([-1e3, -1, -0.5, 0, 0.2, 0.4, 0.6, 0.8, 1, 1e3])[:, None])
    assert found.shape == (10,)
    assert found.isfinite().all()
    assert (found.diff() >= 0).all()
    assert (found.diff()[3:7] > 0).all()


@pytest.mark.parametrize("loss", LOSSES)
def test_the_critic_loss_trains_a_critic_without_any_penalty(loss: Callable[[], AdversarialLoss]) -> None:
    torch.manual_seed(0)
    critic = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    value, _ = values(loss(), critic(torch.randn(6, 2) + 1), critic(torch.randn(6, 2)))
    value.backward()
    weight = critic[0].get_parameter("weight")
    assert weight.grad is not None
    assert weight.grad.abs().sum() > 1e-4

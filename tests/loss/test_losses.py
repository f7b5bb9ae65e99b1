"""Losses on one score: closed forms, signs, overflow, means."""

from collections.abc import Callable
from math import log

import pytest
import torch
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.minimax import Minimax
from gan_lab.loss.non_saturating import NonSaturating
from gan_lab.loss.wasserstein import Wasserstein
from tests.contests import contest, total

LOSSES = [NonSaturating, Minimax, Wasserstein]


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
    ],
)
def test_closed_forms_on_constant_scores(
    loss: AdversarialLoss, real: float, fake: float, critic: float, generator: float
) -> None:
    found = values(loss, torch.full((8,), real), torch.full((8,), fake))
    torch.testing.assert_close(torch.stack(found), torch.tensor([critic, generator]), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_each_player_wants_what_it_should(loss: Callable[[], AdversarialLoss]) -> None:
    real, fake = (torch.full((4,), 0.5, requires_grad=True) for _ in range(2))
    critic, generator = values(loss(), real, fake)
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


def test_a_wasserstein_score_is_no_log_ratio() -> None:
    with pytest.raises(GanLabError, match="calibrate"):
        Wasserstein().log_ratio(torch.zeros(3, 1))

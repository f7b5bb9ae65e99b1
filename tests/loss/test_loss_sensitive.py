"""LS-GAN, the loss-sensitive one."""

import pytest
import torch
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.loss.loss_sensitive import LossSensitive
from gan_lab.loss.wasserstein import Wasserstein
from gan_lab.types import Contest
from tests.contests import contest, total


def meeting(real: Tensor, fake: Tensor, *, apart: float = 0.0) -> Contest:
    """Scores of points in the plane that lie `apart` from their partner on each axis."""
    made = contest(real, fake)
    made.real = made.fake + apart
    return made


def values(loss: LossSensitive, made: Contest) -> tuple[Tensor, Tensor]:
    return total(loss.critic(made).minimised), total(loss.generator(made).minimised)


@pytest.mark.parametrize(
    ("real", "fake", "slope", "critic"),
    [
        (0.0, -3.0, 0.0, 0.0),  # L(x) = 0 and L(y) = 3, the margin is 1
        (0.0, -1.0, 0.0, 0.0),
        (2.0, 2.0, 0.0, 1.0),  # a constant loss: the mean margin
        (-1.0, 0.5, 0.0, 2.5),
        (0.0, -3.0, 1.0, -2.0),
        (0.0, -3.0, -1.0, 2.0),
        (0.0, -3.0, 0.2, -0.4),
        (-1.0, 0.5, -1.0, 2.5),
    ],
)
def test_closed_forms(real: float, fake: float, slope: float, critic: float) -> None:
    made = meeting(torch.full((4,), real), torch.full((4,), fake), apart=5.0)
    found = values(LossSensitive(tau=0.1, slope=slope), made)  # 0.1 (5 + 5) = 1
    torch.testing.assert_close(torch.stack(found), torch.tensor([critic, -fake]))


@pytest.mark.parametrize("slope", [0.0, 0.5, -1.0])
def test_against_the_formula_on_random_images(slope: float) -> None:
    real, fake = torch.randn(9), torch.randn(9)
    made = contest(real, fake)
    made.real, made.fake = torch.randn(9, 1, 4, 4), torch.randn(9, 1, 4, 4)
    expected = 0.0
    for i in range(9):
        gap = 0.05 * sum(abs(a - b) for a, b in zip(made.real[i].flatten(), made.fake[i].flatten(), strict=True))
        gap = gap + (-real[i]) - (-fake[i])
        expected += (gap if gap > 0 else slope * gap) / 9
    found = values(LossSensitive(tau=0.05, slope=slope), made)[0]
    assert found.item() == pytest.approx(float(expected), rel=1e-5)


def test_slope_1_has_the_gradients_of_a_wasserstein_critic() -> None:
    real, fake = torch.randn(8, requires_grad=True), torch.randn(8, requires_grad=True)
    made = meeting(real, fake, apart=2.0)
    ours = torch.autograd.grad(values(LossSensitive(tau=0.3, slope=1.0), made)[0], [real, fake])
    theirs = torch.autograd.grad(total(Wasserstein().critic(made).minimised), [real, fake])
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
def test_each_player_wants_what_it_should(slope: float) -> None:
    real, fake = (torch.full((4,), 0.5, requires_grad=True) for _ in range(2))
    critic, generator = values(LossSensitive(tau=0.1, slope=slope), meeting(real, fake, apart=1.0))
    by_real, by_fake = torch.autograd.grad(critic, [real, fake])
    (by_generator,) = torch.autograd.grad(generator, [fake])
    assert (by_real < 0).all()
    assert (by_fake > 0).all()
    assert (by_generator < 0).all()


@pytest.mark.parametrize("score", [1e3, -1e3])
def test_finite_at_extreme_scores_and_a_mean_over_the_batch(score: float) -> None:
    loss = LossSensitive(tau=0.1, slope=-1.0)
    real, fake = (torch.full((4,), s, requires_grad=True) for s in (score, -score))
    for value in values(loss, meeting(real, fake)):
        gradients = torch.autograd.grad(value, [real, fake], allow_unused=True)
        assert all(g is None or g.isfinite().all() for g in gradients)
    real, fake = torch.randn(6), torch.randn(6)
    once, twice = values(loss, meeting(real, fake)), values(loss, meeting(real.repeat(2), fake.repeat(2)))
    torch.testing.assert_close(once, twice)


def test_scores_are_compared_with_their_partner_only() -> None:
    """A (b, 1) minus a (b,) would compare every real with every fake, and here find gaps."""
    scores = torch.tensor([0.0, 10.0, 20.0])
    assert values(LossSensitive(tau=0.0, slope=0.0), meeting(scores, scores))[0] == 0


def test_the_margin_is_a_constant() -> None:
    made = meeting(torch.zeros(4), torch.zeros(4))
    made.fake = torch.randn(4, 2, requires_grad=True)
    made.on_fake.score.requires_grad_(True)
    value = values(LossSensitive(tau=1.0, slope=0.0), made)[0]
    assert value > 0
    assert torch.autograd.grad(value, made.fake, allow_unused=True) == (None,)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="at most 1"):
        LossSensitive(tau=0.1, slope=1.5)
    with pytest.raises(ValueError, match="tau"):
        LossSensitive(tau=-0.1, slope=0.0)
    with pytest.raises(GanLabError, match="calibrate"):
        LossSensitive(tau=0.1, slope=0.0).log_ratio(torch.zeros(3, 1))

"""R1 and R2 in games that can be solved by hand."""

from math import cosh

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.non_saturating import NonSaturating
from gan_lab.loss.relativistic import Relativistic
from gan_lab.loss.wasserstein import Wasserstein
from gan_lab.penalty.base import Penalty
from gan_lab.penalty.gradient import GradientPenalty
from gan_lab.penalty.zero_centred import ZeroCentredPenalty
from gan_lab.types import Contest, CriticOutput
from tests.contests import total
from tests.penalty.critics import Linear, judged_by, meeting


def judged(critic: nn.Module, real: Tensor, fake: Tensor) -> Contest:
    contest = meeting(real, fake)
    contest.on_real, contest.on_fake = (CriticOutput(critic(x), x) for x in (real, fake))
    return contest


def play_dirac(loss: AdversarialLoss, penalty: Penalty | None, rounds: int = 250, rate: float = 0.1) -> Tensor:
    """The game of Mescheder et al. 2018: all data are 0, the generator is the number theta, D(x) = psi x.

    One turn each in a round of plain gradient descent; returns (theta, psi) after every round, from (1, 1) on.
    """
    real, theta, critic = torch.zeros(1, 1), torch.ones(1, 1, requires_grad=True), Linear(torch.ones(1))
    path = [torch.ones(2)]
    for _ in range(rounds):
        contest = judged(critic, real, theta.detach())
        terms = loss.critic(contest).minimised
        if penalty is not None:
            terms |= penalty(judged_by(critic), contest).minimised
        (slope,) = torch.autograd.grad(total(terms), critic.weight)
        critic.weight.data -= rate * slope
        (slope,) = torch.autograd.grad(total(loss.generator(judged(critic, real, theta)).minimised), theta)
        theta.data -= rate * slope
        path.append(torch.stack([theta.detach().squeeze(), critic.weight.detach().squeeze()]))
    return torch.stack(path)


@pytest.mark.parametrize("loss", [NonSaturating(), Wasserstein(), Relativistic()])
def test_with_r1_the_dirac_game_ends_at_the_solution(loss: AdversarialLoss) -> None:
    assert play_dirac(loss, ZeroCentredPenalty(gamma=1.0, at="real"))[-1].norm() < 1e-3


def test_without_it_the_game_circles() -> None:
    # WGAN for ever; the bent logistic makes the circles of the non-saturating game shrink, with the root of time.
    assert play_dirac(Wasserstein(), None).norm(dim=1).min() > 1.3
    assert play_dirac(NonSaturating(), None).norm(dim=1).min() > 0.5


def test_the_gradient_penalty_sticks_beside_the_solution() -> None:
    # At psi = 0 the penalty still wants a slope of 1, and theta = 2 lambda just holds it back: the generator rests
    # there with a flat critic, until psi slips through 0 and throws it to -2 lambda.
    path = play_dirac(Wasserstein(), GradientPenalty(weight=1.0, form="two_sided"))
    torch.testing.assert_close(path[100], torch.tensor([2.0, 0.0]), rtol=0, atol=1e-2)
    torch.testing.assert_close(path[250], torch.tensor([-2.0, 0.0]), rtol=0, atol=1e-2)
    assert path.norm(dim=1).min() > 1


def test_wasserstein_with_r1_has_its_best_linear_critic_at_the_difference_of_means() -> None:
    # E f - E r + gamma/2 |w|^2 is least at w = (E x - E G(z)) / gamma.
    real, fake = torch.randn(64, 5) + 2, torch.randn(64, 5)
    critic = Linear((real.mean(0) - fake.mean(0)) / 4)
    contest = judged(critic, real, fake)
    terms = Wasserstein().critic(contest).minimised
    terms |= ZeroCentredPenalty(gamma=4.0, at="real")(judged_by(critic), contest).minimised
    assert torch.autograd.grad(total(terms), critic.weight)[0].abs().max() < 1e-6


def test_r3gans_critic_loss_on_a_linear_critic() -> None:
    # E softplus(-w.(x - y)) + gamma |w|^2: each of R1 and R2 gives half of the last term.
    real, fake, weight = torch.randn(16, 3), torch.randn(16, 3), torch.randn(3)
    critic = Linear(weight)
    contest = judged(critic, real, fake)
    terms = Relativistic().critic(contest).minimised
    for at in ("real", "fake"):
        terms |= ZeroCentredPenalty(gamma=0.3, at=at)(judged_by(critic), contest).minimised
    expected = F.softplus(-((real - fake) @ weight)).mean() + 0.3 * weight.square().sum()
    torch.testing.assert_close(total(terms), expected, rtol=1e-5, atol=1e-6)


def test_each_looks_at_its_own_side() -> None:
    # D(x) = sinh x has the slope cosh x.
    judge = lambda x: CriticOutput(x.sinh(), x)
    contest = meeting(torch.full((4, 1), 1.0), torch.full((4, 1), 2.0))
    for at, x in (("real", 1.0), ("fake", 2.0)):
        (term,) = ZeroCentredPenalty(gamma=2.0, at=at)(judge, contest).minimised.values()  # type: ignore[arg-type]
        assert term.item() == pytest.approx(cosh(x) ** 2, rel=1e-5)

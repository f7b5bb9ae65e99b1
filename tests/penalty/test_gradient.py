"""The gradient penalty against closed forms, finite differences, and the bugs that others published."""

import pytest
import torch
from torch import Tensor, nn

from gan_lab.penalty.base import input_gradient
from gan_lab.penalty.gradient import GradientPenalty, interpolate
from gan_lab.types import CriticOutput, Judge
from tests.penalty.critics import Linear, judged_by, meeting


def penalty(judge: Judge, real: Tensor, fake: Tensor, form: str = "two_sided", weight: float = 1.0) -> Tensor:
    terms = GradientPenalty(weight=weight, form=form)(judge, meeting(real, fake))  # type: ignore[arg-type]
    return terms.minimised["gradient_penalty"]


@pytest.mark.parametrize("norm", [0.3, 1.0, 2.5])
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 8, 8), (2,)])
def test_linear_critic(norm: float, shape: tuple[int, ...]) -> None:
    weight = torch.randn(shape)
    judge = judged_by(Linear(norm * weight / weight.norm()))
    real, fake = torch.randn(16, *shape), torch.randn(16, *shape)
    excess = max(norm - 1, 0)
    assert penalty(judge, real, fake).item() == pytest.approx((norm - 1) ** 2, abs=1e-5)
    assert penalty(judge, real, fake, "one_sided").item() == pytest.approx(excess**2, abs=1e-5)
    assert penalty(judge, real, fake, "one_sided_unsquared").item() == pytest.approx(excess, abs=1e-5)


def test_weight_multiplies_a_mean_not_a_sum() -> None:
    judge = judged_by(Linear(torch.full((2,), 3.0)))
    for batch in (4, 64):
        value = penalty(judge, torch.randn(batch, 2), torch.randn(batch, 2), weight=10.0)
        assert value.item() == pytest.approx(10 * (18**0.5 - 1) ** 2, rel=1e-5)


def test_norm_is_of_each_sample() -> None:
    # D(x) = a |x|^2 / 2 has the gradient a x: the norm at an interpolate is a times its own length.
    real, fake = torch.randn(32, 1, 4, 4), torch.randn(32, 1, 4, 4)
    judge = lambda x: CriticOutput(1.5 * x.flatten(1).square().sum(1, keepdim=True), x.flatten(1))
    lengths = 3 * interpolate(meeting(real, fake)).flatten(1).norm(dim=1)
    assert penalty(judge, real, fake).item() == pytest.approx((lengths - 1).square().mean().item(), rel=1e-5)


def test_interpolates_lie_on_the_line_between_their_own_pair_with_one_coefficient_each() -> None:
    fake = torch.randn(2000, 1, 3, 3)
    real = fake + 1 + torch.rand(2000, 1, 3, 3)  # far enough from it for a quotient
    share = (interpolate(meeting(real, fake)) - fake) / (real - fake)
    share = share.flatten(1)
    torch.testing.assert_close(share, share[:, :1].expand_as(share), rtol=1e-3, atol=1e-3)
    assert share.min() > -1e-3
    assert share.max() < 1.001
    assert share[:, 0].mean().item() == pytest.approx(0.5, abs=0.03)
    assert share[:, 0].var().item() == pytest.approx(1 / 12, abs=0.01)


def test_against_finite_differences_of_the_weights() -> None:
    torch.manual_seed(1)
    critic = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1)).double()
    real, fake = torch.randn(5, 3).double(), torch.randn(5, 3).double()

    def value() -> Tensor:
        points = 0.25 * real + 0.75 * fake
        points.requires_grad_(True)
        (slope,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
        return (slope.norm(dim=1) - 1).square().mean()

    # The penalty's own gradient by the weights, its interpolates replaced by the same fixed points.
    weight = critic[0].get_parameter("weight")
    slope = input_gradient(judged_by(critic.float()), (0.25 * real + 0.75 * fake).float())
    ours = torch.autograd.grad((slope.norm(dim=1) - 1).square().mean(), weight)[0]
    critic.double()
    with torch.no_grad():
        step, differences = 1e-5, torch.zeros_like(weight)
        for index in range(differences.numel()):
            flat = weight.view(-1)
            before = flat[index].item()
            ends = []
            for moved in (before + step, before - step):
                flat[index] = moved
                with torch.enable_grad():
                    ends.append(value().item())
            flat[index] = before
            differences.view(-1)[index] = (ends[0] - ends[1]) / (2 * step)
    torch.testing.assert_close(ours.double(), differences, rtol=1e-3, atol=1e-5)


def test_the_penalty_alone_trains_the_critic() -> None:
    critic = nn.Sequential(nn.Linear(4, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
    penalty(judged_by(critic), torch.randn(8, 4), torch.randn(8, 4)).backward()
    weight = critic[0].get_parameter("weight")
    assert weight.grad is not None
    assert weight.grad.abs().sum() > 0


def test_no_gradient_reaches_the_generator() -> None:
    fake = torch.randn(8, 4, requires_grad=True)
    value = penalty(judged_by(nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))), torch.randn(8, 4), fake)
    assert torch.autograd.grad(value, fake, allow_unused=True) == (None,)


def test_finite_where_the_gradient_is_zero() -> None:
    critic = Linear(torch.zeros(4))
    value = penalty(judged_by(critic), torch.randn(8, 4), torch.randn(8, 4))
    value.backward()
    assert value.item() == pytest.approx(1, abs=1e-5)
    assert critic.weight.grad is not None
    assert critic.weight.grad.isfinite().all()


def test_in_float32_under_autocast() -> None:
    judge = judged_by(Linear(torch.full((784,), 40.0)))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        value = penalty(judge, torch.randn(4, 784), torch.randn(4, 784))
    assert value.dtype == torch.float32
    assert value.item() == pytest.approx((40 * 28 - 1) ** 2, rel=1e-5)

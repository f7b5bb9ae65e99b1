"""f-GAN: its table against conjugates, integrals, and formulas that are not composed."""

from collections.abc import Callable
from math import e, exp, log
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_lab.loss.fgan import DIVERGENCES, FGAN
from gan_lab.loss.minimax import Minimax
from gan_lab.loss.non_saturating import NonSaturating
from tests.contests import contest, total

Formula = Callable[[Tensor], Tensor]

# f(u), g_f(v), f*(t), each as the paper prints it, and v as a function of l = log p / q.
PAPER: dict[Any, tuple[Formula, Formula, Formula, Formula]] = {
    "kl": (lambda u: u * u.log(), lambda v: v, lambda t: (t - 1).exp(), lambda x: 1 + x),
    "reverse_kl": (lambda u: -u.log(), lambda v: -(-v).exp(), lambda t: -1 - (-t).log(), lambda x: x),
    "pearson": (lambda u: (u - 1) ** 2, lambda v: v, lambda t: t**2 / 4 + t, lambda x: 2 * (x.exp() - 1)),
    "hellinger": (lambda u: (u**0.5 - 1) ** 2, lambda v: 1 - (-v).exp(), lambda t: t / (1 - t), lambda x: x / 2),
    "js": (
        lambda u: -(u + 1) * ((1 + u) / 2).log() + u * u.log(),
        lambda v: log(2) - (1 + (-v).exp()).log(),
        lambda t: -(2 - t.exp()).log(),
        lambda x: x,
    ),
    "gan": (
        lambda u: u * u.log() - (u + 1) * (u + 1).log(),
        lambda v: -(1 + (-v).exp()).log(),
        lambda t: -(1 - t.exp()).log(),
        lambda x: x,
    ),
}
# D_f(N(0, 1) || N(1, 1)); log p / q = 0.5 - x. The two with a decimal have no closed form: they differ by 2 log 2.
VALUES = {
    "kl": 0.5,
    "reverse_kl": 0.5,
    "pearson": e - 1,
    "hellinger": 2 - 2 * exp(-1 / 8),
    "js": 0.222843,
    "gan": 0.222843 - 2 * log(2),
}


def test_every_divergence_is_checked() -> None:
    assert PAPER.keys() == VALUES.keys() == DIVERGENCES.keys()


def bound(name: Any, disturb: float = 0.0) -> tuple[float, float]:
    """E_p T - E_q f*(T) with the composed forms at the best v, disturbed, and E_q f(p / q): sums over a fine grid."""
    f, _, _, best = PAPER[name]
    x = torch.linspace(-9, 10, 200_001, dtype=torch.float64)
    p, q = (torch.exp(-0.5 * (x - mean) ** 2) for mean in (0, 1))
    p, q = p / p.sum(), q / q.sum()
    v = FGAN(divergence=name).limited((best(0.5 - x) + disturb * torch.sin(x))[:, None]).squeeze(1)
    row = DIVERGENCES[name]
    return (p * row.variable(v) - q * row.conjugate(v)).sum().item(), (q * f(p / q)).sum().item()


@pytest.mark.parametrize("name", [*PAPER])
def test_the_best_critic_reaches_the_divergence_between_two_gaussians(name: Any) -> None:
    reached, integral = bound(name)
    assert reached == pytest.approx(VALUES[name], abs=1e-5)
    assert integral == pytest.approx(VALUES[name], abs=1e-5)


@pytest.mark.parametrize("name", [*PAPER])
@pytest.mark.parametrize("disturb", [-0.3, 0.3])
def test_any_other_critic_stays_below_it(name: Any, disturb: float) -> None:
    assert bound(name, disturb)[0] < VALUES[name] - 1e-3


@pytest.mark.parametrize("name", [*PAPER])
def test_composed_conjugates_are_the_largest_of_u_t_minus_f(name: Any) -> None:
    f, output, _, _ = PAPER[name]
    u = torch.logspace(-6, 6, 400_001, dtype=torch.float64)
    for v in torch.tensor([-1.5, -0.5, 0.0, 0.7, 2.0], dtype=torch.float64):
        assert DIVERGENCES[name].conjugate(v).item() == pytest.approx((u * output(v) - f(u)).max().item(), abs=1e-6)


def networks() -> tuple[nn.Module, nn.Module]:
    torch.manual_seed(3)
    critic = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1)).double()
    return critic, nn.Linear(2, 3).double()


@pytest.mark.parametrize("name", [*PAPER])
@pytest.mark.parametrize("form", ["trick", "saturating"])
def test_values_and_gradients_are_those_of_the_formulas_in_the_paper(name: Any, form: Any) -> None:
    _, output, conjugate, _ = PAPER[name]
    critic, generator = networks()
    real, z = torch.randn(8, 3).double(), torch.randn(8, 2).double()
    r, f = 2 * critic(real), 2 * critic(generator(z))
    loss = FGAN(divergence=name, generator=form)
    pairs = [
        (loss.critic(contest(r, f)), -output(r).mean() + conjugate(output(f)).mean(), critic),
        (loss.generator(contest(r, f)), -(output(f) if form == "trick" else conjugate(output(f))).mean(), generator),
    ]
    for terms, theirs, player in pairs:
        ours = total(terms.minimised)
        torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9)
        slopes = (torch.autograd.grad(value, [*player.parameters()], retain_graph=True) for value in (ours, theirs))
        torch.testing.assert_close(*slopes, rtol=1e-7, atol=1e-9)


def test_the_gan_row_is_the_original_gan_and_js_the_same_but_for_a_constant() -> None:
    meeting = contest(3 * torch.randn(9), 3 * torch.randn(9))
    for form, same in (("trick", NonSaturating()), ("saturating", Minimax())):
        gan, js = (FGAN(divergence=name, generator=form) for name in ("gan", "js"))  # type: ignore[arg-type]
        critic, generator = (total(getattr(same, player)(meeting).minimised) for player in ("critic", "generator"))
        assert total(gan.critic(meeting).minimised) == critic
        assert total(gan.generator(meeting).minimised) == generator
        torch.testing.assert_close(total(js.critic(meeting).minimised), critic - 2 * log(2))
        shift = -log(2) if form == "trick" else log(2)
        torch.testing.assert_close(total(js.generator(meeting).minimised), generator + shift)


@pytest.mark.parametrize("name", ["kl", "js", "hellinger", "gan"])
def test_the_trick_is_the_default_and_moves_a_generator_that_is_behind(name: Any) -> None:
    fake = torch.tensor([-6.0], requires_grad=True)
    slopes = [
        torch.autograd.grad(total(loss.generator(contest(fake, fake)).minimised), fake)[0].abs().item()
        for loss in (FGAN(divergence=name), FGAN(divergence=name, generator="saturating"))
    ]
    assert slopes[0] > 0.99
    assert slopes[1] < 0.01


def test_a_saturating_pearson_generator_is_pushed_the_wrong_way_below_minus_2() -> None:
    for score, sign in ((-3.0, 1), (-1.0, -1)):
        fake = torch.tensor([score], requires_grad=True)
        value = FGAN(divergence="pearson", generator="saturating").generator(contest(fake, fake)).minimised["fake"]
        assert torch.autograd.grad(value, fake)[0].sign() == sign


@pytest.mark.parametrize("name", ["kl", "reverse_kl", "hellinger"])
@pytest.mark.parametrize("score", [-400.0, -16.0, 16.0, 400.0])
def test_exponentials_are_limited_without_losing_the_gradient(name: Any, score: float) -> None:
    v = torch.tensor([[score]], requires_grad=True)
    limited = FGAN(divergence=name).limited(v)
    assert limited.abs().item() == pytest.approx(15 + log(abs(score) - 14), rel=1e-6)
    assert torch.autograd.grad(limited.sum(), v)[0].item() == pytest.approx(1 / (abs(score) - 14), rel=1e-5)
    inside = torch.linspace(-15, 15, 31)[:, None]
    assert FGAN(divergence=name).limited(inside).equal(inside)


def test_a_generator_far_behind_still_moves() -> None:
    fake = torch.tensor([-60.0], requires_grad=True)
    value = FGAN(divergence="reverse_kl").generator(contest(fake, fake)).minimised["fake"]
    assert torch.autograd.grad(value, fake)[0] < -1


@pytest.mark.parametrize("name", [*PAPER])
def test_accuracy_goes_by_the_threshold_f_prime_of_1(name: Any) -> None:
    # A little above and below the v of g_f(v) = f'(1), which is where log p / q = 0.
    even = PAPER[name][3](torch.zeros(()))
    meeting = contest(even + torch.tensor([0.1, 0.1, -0.1, 0.1]), even + torch.tensor([-0.1, 0.1, -0.1, -0.1]))
    diagnostics = FGAN(divergence=name).critic(meeting).diagnostics
    assert diagnostics["accuracy"] == 0.75
    assert diagnostics["divergence_bound"] == -total(FGAN(divergence=name).critic(meeting).minimised)

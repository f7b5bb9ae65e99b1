"""f-GAN: its table against conjugates, integrals, and formulas that are not composed."""

from collections.abc import Callable
from math import e, erf, exp, inf, log, sqrt
from typing import Any

import pytest
import torch
from scipy.special import lambertw
from torch import Tensor, nn

from gan_lab.errors import GanLabError
from gan_lab.loss.fgan import DIVERGENCES, FGAN
from gan_lab.loss.minimax import Minimax
from gan_lab.loss.non_saturating import NonSaturating
from tests.contests import contest, total

Formula = Callable[[Tensor], Tensor]


def lambert_of_exp(a: Tensor) -> Tensor:
    """w = W(e^a), the solution of w + log w = a, by scipy; a Newton step from the solution has its derivative."""
    w = torch.as_tensor(lambertw(a.detach().exp().numpy()).real)
    return w - (w + w.log() - a) / (1 + 1 / w)


def jeffrey_conjugate(t: Tensor) -> Tensor:
    w = lambert_of_exp(1 - t)
    return w + 1 / w + t - 2


# f(u), g_f(v), f*(t), each as the paper prints it but for jeffrey's g_f, and v as a function of l = log p / q.
PAPER: dict[Any, tuple[Formula, Formula, Formula, Formula]] = {
    "kl": (lambda u: u * u.log(), lambda v: v, lambda t: (t - 1).exp(), lambda x: 1 + x),
    "reverse_kl": (lambda u: -u.log(), lambda v: -(-v).exp(), lambda t: -1 - (-t).log(), lambda x: x),
    "pearson": (lambda u: (u - 1) ** 2, lambda v: v, lambda t: t**2 / 4 + t, lambda x: 2 * (x.exp() - 1)),
    "jeffrey": (lambda u: (u - 1) * u.log(), lambda v: v + 1 - (-v).exp(), jeffrey_conjugate, lambda x: x),
    "neyman": (
        lambda u: (1 - u) ** 2 / u,
        lambda v: 1 - (-v).exp(),
        lambda t: 2 - 2 * (1 - t).sqrt(),
        lambda x: 2 * x,
    ),
    "total_variation": (lambda u: (u - 1).abs() / 2, lambda v: v.tanh() / 2, lambda t: t, lambda x: 40 * x.sign()),
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
    "jeffrey": 1.0,
    "neyman": e - 1,
    "total_variation": erf(0.5 / sqrt(2)),
    "hellinger": 2 - 2 * exp(-1 / 8),
    "js": 0.222843,
    "gan": 0.222843 - 2 * log(2),
}
# The supremum of the domain of f*, beyond which u t - f(u) grows without bound.
ENDS = {
    "kl": inf,
    "reverse_kl": 0.0,
    "jeffrey": inf,
    "pearson": inf,
    "neyman": 1.0,
    "hellinger": 1.0,
    "js": log(2),
    "gan": 0.0,
    "total_variation": 0.5,
}


def test_every_divergence_is_checked() -> None:
    assert PAPER.keys() == VALUES.keys() == ENDS.keys() == DIVERGENCES.keys()


def bound(name: Any, disturb: float = 0.0) -> tuple[float, float]:
    """E_p T - E_q f*(T) with the composed forms at the v that is best for a disturbed log-ratio, and E_q f(p / q): sums
    over a fine grid."""
    f, _, _, best = PAPER[name]
    x = torch.linspace(-9, 10, 200_001, dtype=torch.float64)
    p, q = (torch.exp(-0.5 * (x - mean) ** 2) for mean in (0, 1))
    p, q = p / p.sum(), q / q.sum()
    v = FGAN(divergence=name).limited(best(0.5 - x + disturb * torch.sin(x))[:, None]).squeeze(1)
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


@pytest.mark.parametrize("name", [*PAPER])
def test_variables_increase_up_to_the_end_of_the_domain_of_the_conjugate(name: Any) -> None:
    f, end = PAPER[name][0], ENDS[name]
    found = DIVERGENCES[name].variable(torch.linspace(-12, 12, 1001, dtype=torch.float64))
    assert (found.diff() > 0).all()
    assert found[-1] < end
    if end < inf:
        assert found[-1] == pytest.approx(end, abs=1e-4)
        far = torch.tensor([1e6, 1e9], dtype=torch.float64)
        assert (far * (end - 0.01) - f(far)).diff() < 0, "falls far out: the supremum is at a smaller u"
        assert (far * (end + 0.01) - f(far)).diff() > 0, "grows for ever"


@pytest.mark.parametrize("name", [*PAPER])
def test_gradients_are_those_of_finite_differences(name: Any) -> None:
    v = torch.tensor([-9.0, -2.5, -1.0, 0.0, 0.3, 2.0, 6.0], dtype=torch.float64, requires_grad=True)
    row = DIVERGENCES[name]
    for function in (row.variable, row.conjugate):
        assert torch.autograd.gradcheck(function, v)


def test_jeffrey_is_the_sum_of_both_directions_of_kl_and_neyman_the_other_of_pearson() -> None:
    u = torch.logspace(-3, 3, 61, dtype=torch.float64)
    f = {name: row[0](u) for name, row in PAPER.items()}
    torch.testing.assert_close(f["jeffrey"], f["kl"] + f["reverse_kl"])
    torch.testing.assert_close(f["neyman"], u * PAPER["pearson"][0](1 / u))  # D_f(q || p) has the function u f(1 / u)


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


@pytest.mark.parametrize(
    ("name", "form", "least"),
    [
        ("reverse_kl", "trick", 400),
        ("reverse_kl", "saturating", 0.99),
        ("jeffrey", "trick", 400),
        ("jeffrey", "saturating", 0.99),
        ("neyman", "trick", 400),
        ("neyman", "saturating", 20),
    ],
)
def test_other_generators_keep_a_gradient_where_they_are_behind(name: Any, form: Any, least: float) -> None:
    fake = torch.tensor([-6.0], requires_grad=True)  # e^6 = 403, e^3 = 20
    value = FGAN(divergence=name, generator=form).generator(contest(fake, fake)).minimised["fake"]
    assert torch.autograd.grad(value, fake)[0] < -least


def test_both_generators_of_total_variation_are_one_and_stop_where_they_are_behind() -> None:
    fake = torch.tensor([-12.0, 0.4], requires_grad=True)
    values = [
        total(FGAN(divergence="total_variation", generator=form).generator(contest(fake, fake)).minimised)
        for form in ("trick", "saturating")
    ]
    assert values[0] == values[1]
    slopes = torch.autograd.grad(values[0], fake)[0]
    assert slopes[0].abs() < 1e-6
    assert slopes[1] < -0.2


def test_total_variation_has_no_log_ratio() -> None:
    with pytest.raises(GanLabError, match="only the sign of p - q"):
        FGAN(divergence="total_variation").log_ratio(torch.zeros(3, 1))


def test_a_saturating_pearson_generator_is_pushed_the_wrong_way_below_minus_2() -> None:
    for score, sign in ((-3.0, 1), (-1.0, -1)):
        fake = torch.tensor([score], requires_grad=True)
        value = FGAN(divergence="pearson", generator="saturating").generator(contest(fake, fake)).minimised["fake"]
        assert torch.autograd.grad(value, fake)[0].sign() == sign


@pytest.mark.parametrize("name", ["kl", "reverse_kl", "jeffrey", "neyman", "hellinger"])
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

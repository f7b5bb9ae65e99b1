"""A critic fitted to transport potentials, and its slope fitted to the transport's length."""

import pytest
import torch
from torch import Tensor, nn

from gan_lab.errors import GanLabError
from gan_lab.loss.transport_regression import TransportRegression
from gan_lab.maths.assignment import solve
from gan_lab.maths.quadratic import quadratic_cost
from gan_lab.noise import IndexedNoise
from gan_lab.penalty.transport_gradient import TransportGradient
from gan_lab.types import Contest, CriticOutput, Judge, Latent
from tests.contests import total

SHAPES = [(2,), (1, 4, 4)]


def samples(*shape: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(seed)
    return torch.randn(16, *shape, generator=random), torch.randn(16, *shape, generator=random) + 0.5


def network(*shape: int) -> nn.Module:
    torch.manual_seed(1)
    size = torch.Size(shape).numel()
    return nn.Sequential(nn.Flatten(), nn.Linear(size, 16), nn.Tanh(), nn.Linear(16, 1))


def judged_by(net: nn.Module) -> Judge:
    return lambda x: CriticOutput(net(x), x.flatten(1))


def meeting(judge: Judge, real: Tensor, fake: Tensor) -> Contest:
    latent, noise = Latent(torch.zeros(len(fake), 1)), IndexedNoise(("test",), torch.device("cpu"))
    return Contest(fake, judge(fake), latent, noise, real, judge(real))


def constant(real: Tensor, fake: Tensor, scores: tuple[Tensor, Tensor]) -> Contest:
    contest = meeting(lambda x: CriticOutput(torch.zeros(len(x), 1), x.flatten(1)), real, fake)
    contest.on_real, contest.on_fake = (CriticOutput(score[:, None], torch.zeros(len(score), 1)) for score in scores)
    return contest


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("strength", [None, 0.7])
def test_against_the_formula_on_a_random_network(shape: tuple[int, ...], strength: float | None) -> None:
    real, fake = samples(*shape)
    net, k = network(*shape), strength or 1 / torch.Size(shape).numel()
    judge = judged_by(net)
    contest = meeting(judge, real, fake)
    loss = TransportRegression(strength=strength).critic(contest)
    penalty = TransportGradient(weight=0.1, strength=strength)(judge, contest)

    plan = solve(k * torch.cdist(real.flatten(1), fake.flatten(1)).double().square() / 2)
    r, f = net(real)[:, 0].double(), net(fake)[:, 0].double()
    regression = 0.5 * (r.mean() - plan.rows.mean()) ** 2 + 0.5 * ((f - plan.columns) ** 2).mean()
    torch.testing.assert_close(total(loss.minimised).double(), regression, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(loss.diagnostics["transport_cost"].double(), plan.value, rtol=1e-5, atol=1e-6)

    gradients = [torch.func.grad(lambda x: net(x[None]).squeeze())(y).flatten() for y in fake]
    carried = (real[plan.match] - fake).flatten(1).norm(dim=1)
    slope = torch.stack(gradients).norm(dim=1)
    expected = 0.1 / (2 * k**0.5) * ((slope - k * carried) ** 2).mean()
    torch.testing.assert_close(penalty.minimised["transport_gradient"], expected, rtol=1e-5, atol=1e-7)


def test_the_regulariser_as_the_published_code_writes_it() -> None:
    # 4 gamma sqrt K times half the mean of (|g| / (2 sqrt K) - (sqrt K / 2) |x - y|)^2.
    real, fake = samples(2)
    net, k = network(2), 0.3
    contest = meeting(judged_by(net), real, fake)
    penalty = TransportGradient(weight=0.1, strength=k)(judged_by(net), contest)
    match = solve(quadratic_cost(real, fake)).match
    slope = torch.stack([torch.func.grad(lambda x: net(x[None]).squeeze())(y).norm() for y in fake])
    inside = slope / (2 * k**0.5) - k**0.5 / 2 * (real[match] - fake).norm(dim=1)
    expected = 4 * 0.1 * k**0.5 * 0.5 * (inside**2).mean()
    torch.testing.assert_close(penalty.minimised["transport_gradient"], expected, rtol=1e-5, atol=1e-7)


def test_a_critic_that_is_the_potential_has_no_loss() -> None:
    """Fakes moved by t: psi is known up to a constant, D(y) = K <y, -t> + const has its slope K |t| everywhere."""
    real, _ = samples(2)
    step = torch.tensor([3.0, 4.0])
    fake, k = real + step, 0.5
    cost = k * step.square().sum() / 2
    towards = lambda x: -k * (x @ step)[:, None]
    base = towards(real).mean() - cost / 2
    judge = lambda x: CriticOutput(towards(x) - base, x)
    contest = meeting(judge, real, fake)
    terms = TransportRegression(strength=k).critic(contest)
    assert terms.diagnostics["transport_cost"].item() == pytest.approx(cost.item(), rel=1e-5)
    assert terms.minimised["real"].item() == pytest.approx(0, abs=1e-9)
    penalty = TransportGradient(weight=0.1, strength=k)(judge, contest)
    assert penalty.minimised["transport_gradient"].item() == pytest.approx(0, abs=1e-9)
    assert penalty.diagnostics["transport_slope_target"].item() == pytest.approx(k * 5, rel=1e-5)


def test_where_both_batches_agree_the_targets_are_zero() -> None:
    real, _ = samples(2)
    contest = constant(real, real.clone(), (torch.full((16,), 2.0), torch.full((16,), -1.0)))
    terms = TransportRegression().critic(contest)
    assert terms.diagnostics["transport_cost"].item() == pytest.approx(0, abs=1e-9)
    assert terms.minimised["real"].item() == pytest.approx(2.0)
    assert terms.minimised["fake"].item() == pytest.approx(0.5)
    judge = judged_by(network(2))
    assert TransportGradient(weight=1.0)(judge, contest).diagnostics["transport_slope_target"] == 0


def test_of_reals_the_mean_is_fitted_and_of_fakes_every_score() -> None:
    real, fake = samples(2)
    plan = solve(quadratic_cost(real, fake) / 2)
    spread = torch.linspace(-1, 1, 16)
    contest = constant(real, fake, (plan.rows.mean().float() + spread, plan.columns.float() + spread))
    terms = TransportRegression().critic(contest)
    assert terms.minimised["real"].item() == pytest.approx(0, abs=1e-9)
    assert terms.minimised["fake"].item() == pytest.approx(0.5 * spread.square().mean().item(), rel=1e-4)
    assert terms.diagnostics["potential_error"].item() == pytest.approx(spread.square().mean().sqrt().item(), rel=1e-4)


def test_the_regulariser_alone_trains_the_critic() -> None:
    real, fake = samples(2)
    net = network(2)
    contest = meeting(judged_by(net), real, fake)
    TransportGradient(weight=0.1)(judged_by(net), contest).minimised["transport_gradient"].backward()
    weight = net[1].weight  # type: ignore[index]
    assert weight.grad is not None
    assert weight.grad.abs().sum() > 0


def test_the_generator_raises_its_scores_and_the_critics_terms_do_not_reach_it() -> None:
    real, fake = samples(2)
    fake.requires_grad_(True)
    net = network(2)
    contest = meeting(judged_by(net), real, fake)
    penalty = TransportGradient(weight=0.1)(judged_by(net), contest)
    assert torch.autograd.grad(total(penalty.minimised), fake, allow_unused=True) == (None,)
    generator = TransportRegression().generator(contest).minimised["fake"]
    torch.testing.assert_close(generator, -contest.on_fake.score.mean())


def test_finite_where_nothing_has_to_move_and_the_critic_is_flat() -> None:
    net = nn.Linear(2, 1)
    nn.init.zeros_(net.weight)
    real, _ = samples(2)
    value = TransportGradient(weight=1.0)(judged_by(net), meeting(judged_by(net), real, real.clone()))
    value.minimised["transport_gradient"].backward()
    assert net.weight.grad is not None
    assert net.weight.grad.isfinite().all()


@pytest.mark.parametrize(
    "make", [lambda k: TransportRegression(strength=k), lambda k: TransportGradient(weight=1.0, strength=k)]
)
def test_a_cost_that_rewards_distance_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match="above 0"):
        make(-1.0)  # type: ignore[operator]


def test_a_potential_is_no_log_ratio() -> None:
    with pytest.raises(GanLabError, match="calibrate"):
        TransportRegression().log_ratio(torch.zeros(3, 1))

"""Banach Wasserstein GAN: loss and penalty together."""

from math import inf

import pytest
import torch
from torch import Tensor

from gan_lab.data.samples import Samples
from gan_lab.errors import GanLabError
from gan_lab.loss.banach_wasserstein import BanachWasserstein
from gan_lab.loss.wasserstein import Wasserstein
from gan_lab.maths.sobolev_space import SobolevSpace
from gan_lab.penalty.gradient import GradientPenalty
from gan_lab.penalty.sobolev import SobolevPenalty
from gan_lab.types import Contest, CriticOutput
from tests.contests import contest, total
from tests.fixtures import BuildModel
from tests.penalty.critics import Linear, judged_by, meeting
from tests.short_runs import fit


def banach(**options: float | None) -> BanachWasserstein:
    return BanachWasserstein(**{"s": 0.0, "p": 2.0, "gamma": 4.0, "drift": 0.0} | options)  # type: ignore[arg-type]


def test_closed_form_on_constant_scores() -> None:
    given = contest(torch.full((8,), 3.0), torch.full((8,), 1.0))
    loss = banach(drift=0.01)
    assert total(loss.critic(given).minimised).item() == pytest.approx((1 - 3) / 4 + 0.01 * 3**2)
    assert total(loss.generator(given).minimised).item() == pytest.approx(-1 / 4)
    assert loss.critic(given).diagnostics["wasserstein_estimate"].item() == pytest.approx((3 - 1) / 4)


def test_each_player_wants_what_it_should() -> None:
    real, fake = (torch.full((4,), 0.5, requires_grad=True) for _ in range(2))
    given, loss = contest(real, fake), banach(drift=1e-5)
    by_real, by_fake = torch.autograd.grad(total(loss.critic(given).minimised), [real, fake])
    (by_generator,) = torch.autograd.grad(total(loss.generator(given).minimised), [fake])
    assert (by_real < 0).all()
    assert (by_fake > 0).all()
    assert (by_generator < 0).all()


@pytest.mark.parametrize("score", [1e3, -1e3])
def test_finite_at_extreme_scores_and_a_mean_over_the_batch(score: float) -> None:
    real, fake = torch.full((4,), score), torch.full((4,), -score)
    for side in ("critic", "generator"):
        once, twice = (
            total(getattr(banach(drift=1e-5), side)(contest(real.repeat(n), fake.repeat(n))).minimised) for n in (1, 2)
        )
        assert once.isfinite()
        assert once == twice


def test_the_drift_is_of_the_reals_alone() -> None:
    terms = banach(drift=1.0).critic(contest(torch.tensor([1.0, 3.0]), torch.tensor([50.0, 50.0])))
    assert terms.minimised["drift"] == 5.0


def test_with_l2_and_gamma_one_it_is_wgan_gp_exactly(build_model: BuildModel) -> None:
    """The same weights after some rounds: terms, gradients and random numbers are all those of WGAN-GP."""
    overrides = ["model.loss.gamma=1", "model.loss.drift=0", "model.penalties.sobolev.weight=10"]
    eps = [f"+model.optimizers.{player}.eps=0.01" for player in ("critic", "generator")]  # rounding errors stay small
    models = [
        build_model("model=wgan_gp", "data=ring", *eps),
        build_model("model=bwgan", "data=ring", *eps, *overrides),
    ]
    before = models[0].generator.output[0].weight.detach().clone()
    for model in models:
        fit(model, rounds=3)
    assert not torch.equal(before, models[0].generator.output[0].weight)
    for ours, theirs in zip(models[1].parameters(), models[0].parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-7)


def test_with_estimates_it_is_wgan_gp_for_the_divided_critic() -> None:
    critic, gamma = Linear(torch.randn(1, 4, 4)), 7.0
    divided = Linear(critic.weight.detach() / gamma)
    real, fake = torch.randn(8, 1, 4, 4), torch.randn(8, 1, 4, 4)
    ours, loss = judged(critic, real, fake), banach(gamma=gamma)
    theirs = judged(divided, real, fake)
    penalty = SobolevPenalty(s=0.0, p=2.0, weight=5.0)(loss.judge(judged_by(critic), ours), ours)
    expected = GradientPenalty(weight=5.0, form="two_sided")(judged_by(divided), theirs)
    found = total(loss.critic(ours).minimised | penalty.minimised)
    torch.testing.assert_close(found, total(Wasserstein().critic(theirs).minimised | expected.minimised))


def judged(critic: Linear, real: Tensor, fake: Tensor) -> Contest:
    given = meeting(real, fake)
    given.on_real, given.on_fake = (CriticOutput(critic(x), x.flatten(1)) for x in (real, fake))
    return given


@pytest.mark.parametrize(("s", "p"), [(0.0, 2.0), (-1.5, 2.0), (1.0, 4.0), (0.0, 1.0), (-1.0, inf)])
def test_a_linear_critic_pays_for_the_dual_norm_of_its_weight(s: float, p: float) -> None:
    weight, gamma = torch.randn(3, 8, 6), 3.0
    real, fake = torch.randn(4, 3, 8, 6), torch.randn(4, 3, 8, 6)
    judge = banach(s=s, p=p, gamma=gamma).judge(judged_by(Linear(weight)), meeting(real, fake))
    terms = SobolevPenalty(s=s, p=p, weight=2.0)(judge, meeting(real, fake))
    dual = SobolevSpace(s=s, p=p).dual_norm(weight[None]).squeeze()
    torch.testing.assert_close(
        terms.minimised["sobolev_penalty"], 2 * (dual / gamma - 1).square(), rtol=1e-4, atol=1e-5
    )
    torch.testing.assert_close(terms.diagnostics["dual_norm"], dual / gamma, rtol=1e-5, atol=1e-5)


def test_lambda_is_the_primal_norm_and_gamma_the_dual_one() -> None:
    """They differ where s is not 0: the official code takes the primal filter for both."""
    train = Samples(torch.randint(0, 256, (50, 1, 8, 8), dtype=torch.uint8))
    loss, penalty = banach(s=-1.5, p=3.0, gamma=None), SobolevPenalty(s=-1.5, p=3.0, weight=None)
    loss.prepare(train)
    penalty.prepare(train)
    images = train.values.double() / 127.5 - 1
    xi = torch.tensor([min(i, 8 - i) / 4 for i in range(8)], dtype=torch.float64)
    response = 1 + 5 * (xi[:, None] ** 2 + xi**2)
    for found, s, p in ((penalty.weight, -1.5, 3.0), (loss.gamma, 1.5, 1.5)):
        filtered = torch.fft.ifft2(response ** (s / 2) * torch.fft.fft2(images)).real
        expected = filtered.abs().pow(p).sum((1, 2, 3)).pow(1 / p).mean()
        assert found.item() == pytest.approx(expected.item(), rel=1e-5)
    assert loss.gamma > 1.3 * penalty.weight


def test_given_constants_are_not_estimated_and_estimates_are_kept() -> None:
    few, others = (Samples(torch.randint(0, 256, (9, 1, 8, 8), dtype=torch.uint8)) for _ in range(2))
    given, estimated = banach(gamma=4.0), banach(gamma=None)
    for samples in (few, others):
        given.prepare(samples)
        estimated.prepare(samples)
    assert given.gamma == 4
    again = banach(gamma=None)
    again.prepare(few)
    assert estimated.gamma == again.gamma
    assert "gamma" in estimated.state_dict()
    assert "weight" in SobolevPenalty(s=0.0, p=2.0, weight=None).state_dict()


def test_one_space_for_loss_and_penalty(build_model: BuildModel) -> None:
    model = build_model("model=bwgan", "sobolev.s=-1.5", "sobolev.p=inf")
    assert model.loss.space == model.penalties["sobolev"].space == SobolevSpace(s=-1.5, p=inf)


@pytest.mark.parametrize("overrides", [["model=bwgan", "penalty=[]"], ["model=wgan_gp", "penalty=[sobolev]"]])
def test_points_have_no_frequencies(build_model: BuildModel, overrides: list[str]) -> None:
    with pytest.raises(GanLabError, match="needs images"):
        build_model(*overrides, "data=ring", "sobolev.s=-1.5")


@pytest.mark.parametrize(("option", "value"), [("sobolev.p", "0.5"), ("model.loss.gamma", "0"), ("sobolev.s", "abc")])
def test_impossible_values_are_refused(build_model: BuildModel, option: str, value: str) -> None:
    with pytest.raises(GanLabError, match=option.rpartition(".")[2]):
        build_model("model=bwgan", f"{option}={value}")


def test_a_score_is_no_log_ratio() -> None:
    with pytest.raises(GanLabError, match="calibrate"):
        banach().log_ratio(torch.zeros(3, 1))


@pytest.mark.parametrize("space", [["sobolev.s=-1.5"], ["sobolev.p=10"], ["sobolev.p=1"], ["sobolev.p=inf"]])
def test_it_trains_on_images(build_model: BuildModel, space: list[str]) -> None:
    model = build_model("model=bwgan", "model.n_critic=2", *space)
    data = samples()
    batches = [data.batch(torch.arange(16)), data.batch(torch.arange(16, 32))]
    model.loss.prepare(data)
    model.penalties["sobolev"].prepare(data)
    for turn in model.turns(batches):
        assert all(value.isfinite() for value in turn.terms.minimised.values())
        total(turn.terms.minimised).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.generator.parameters())
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.critic.parameters())


def samples() -> Samples:
    return Samples(torch.randint(0, 256, (32, 1, 28, 28), dtype=torch.uint8), torch.zeros(32, dtype=torch.int64))

"""Learnt latent weights: their training, rejection by them, ascent on them."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
import torch
from torch import Tensor, nn

from gan_lab.errors import CalibrationError, SamplingBudgetError
from gan_lab.loss.wasserstein import Wasserstein
from gan_lab.model.gan import GAN
from gan_lab.network.mlp import MLPCritic
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.uniform import Uniform
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.latent_ascent import LatentAscent
from gan_lab.sampler.latent_reweighting import LatentReweighting
from gan_lab.sampler.latent_weights import LatentWeights
from gan_lab.types import SampleResult
from tests.fixtures import Compose
from tests.present import present
from tests.sampler.known import Affine, Points, Through, Told, drawn, module, normal_points, plain, seeded

pytestmark = pytest.mark.xdist_group("latent weights")  # one worker trains what several tests look at
N = 20_000
DATA = normal_points(200)
trained: dict[str, Any] = {}


def weights(**changed: Any) -> LatentWeights:
    settings: dict[str, Any] = {
        "m": 3.0,
        "hidden": 8,
        "steps": 1,
        "batch": 16,
        "n_critic": 1,
        "gp": 10.0,
        "lambda_norm": 10.0,
        "lambda_clip": 0.0,
        "lr_w": 1e-3,
        "lr_critic": 4e-4,
        "betas": (0.5, 0.9),
        "max_norm_error": 0.15,
    }
    return LatentWeights(**settings | changed)


def rejection(**changed: Any) -> LatentReweighting:
    settings: dict[str, Any] = {"batch_size": N, "weights": weights(), "min_efficiency": 1e-3, "probe": 10_000}
    return LatentReweighting(**settings | changed)


def ascent(**changed: Any) -> LatentAscent:
    settings: dict[str, Any] = {"batch_size": N, "start": plain(), "weights": weights(), "steps": 10, "step_size": 0.05}
    return LatentAscent(**settings | changed)


class Given(nn.Module):
    """w in the place of a trained network."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, e: Tensor, component: Tensor | None) -> Tensor:
        return self.function(e)


def with_weights(sampler: Any, function: Any, model: GAN, data: Points = DATA) -> Any:
    """The prepared sampler, with this w of the standardised code by hand."""
    sampler.prepare(model, data)
    sampler.weights.network = Given(function)
    return sampler


def plain_model(dim: int = 1, prior: Any = None) -> GAN:
    return module(Affine(dim), Told(dim, lambda x: x.sum(1)), prior)


def tilted(e: Tensor) -> Tensor:
    """exp(z / 2 - 1 / 8), the density of N(1/2, 1) by that of N(0, 1), clipped at 3."""
    return (e / 2 - 1 / 8).sum(1).exp().clamp(max=3)


# Training


@pytest.mark.parametrize("m", [1.5, 3.0, 20.0])
def test_weights_begin_as_exactly_one_whatever_their_bound(m: float) -> None:
    model = module(Affine(3), Told(3, lambda x: x.sum(1)))
    sampler = rejection(weights=weights(m=m))
    sampler.prepare(model, normal_points(200, 3))
    sampler.weights.network = sampler.weights.new_network()
    w = sampler.weights.weights(model.prior.sample(500, seeded()))
    torch.testing.assert_close(w, torch.ones(500), rtol=1e-6, atol=1e-6)


def test_the_loss_raises_w_where_the_critic_is_higher_and_holds_its_mean() -> None:
    d = torch.tensor([-2.0, 0.0, 1.0, 5.0])
    own = weights(lambda_norm=10.0)
    w = torch.ones(4, requires_grad=True)
    (gradient,) = torch.autograd.grad(own.loss(w, d), w)
    torch.testing.assert_close(gradient, -(d - d.mean()) / 4)  # downhill is where D is above its mean
    w = torch.full((4,), 1.3, requires_grad=True)
    loss = own.loss(w, d)
    assert loss.item() == pytest.approx(10 * 0.3**2, rel=1e-4)  # equal weights gain nothing
    (gradient,) = torch.autograd.grad(loss, w)
    torch.testing.assert_close(gradient, -(d - d.mean()) / 4 + 2 * 10 * 0.3 / 4)
    clipped = weights(lambda_norm=0.0, lambda_clip=2.0)
    w = torch.tensor([3.5, 0.5, 0.0, 0.0])
    assert clipped.loss(w, torch.zeros(4)).item() == pytest.approx(2 * 0.25 / 4)


def test_a_turn_moves_weights_towards_what_the_critic_likes() -> None:
    # The GAN's critic says x, and hardly changes in so short a time.
    model = plain_model()
    own = weights(steps=60, lr_w=3e-3, lr_critic=1e-6, hidden=32, batch=64)
    sampler = rejection(weights=own)
    sampler.prepare(model, normal_points(500, mean=1.0))
    z = torch.linspace(-2, 2, 41)[:, None]
    w = own.network(z, None)
    assert w[-1] > 1.2
    assert w[0] < 0.8
    assert np.corrcoef(w.numpy(), z[:, 0].numpy())[0, 1] > 0.9
    assert (w > 0).all()
    assert (w < 3).all()


def trained_for(steps: int) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """What training returns, and the parameters after its last step."""
    model, data = plain_model(), normal_points(200, mean=1.0)
    own = weights(steps=steps, lr_w=0.02)
    own.context = SamplingContext(model, data, None)
    with own.context.evaluating():
        own.network = own.new_network()
        found = own.train()
    return found, own.network.state_dict()


def test_the_parameters_are_the_mean_of_the_second_half_of_the_steps() -> None:
    found, last = {}, {}
    for steps in (1, 2, 3, 4):
        found[steps], last[steps] = trained_for(steps)
    for steps, halves in {1: [1], 2: [2], 3: [2, 3], 4: [3, 4]}.items():
        for name, value in found[steps].items():
            expected = torch.stack([last[step][name] for step in halves]).mean(0)
            torch.testing.assert_close(value, expected, rtol=1e-5, atol=1e-6)
    assert not torch.equal(last[3]["layers.0.weight"], last[4]["layers.0.weight"])


@pytest.mark.slow
def test_on_a_toy_where_the_last_step_swings_the_mean_is_near_the_truth() -> None:
    # Of the data 80 % are at 1 and the others at -1, and the generator makes as many of each: w is 1.6 and 0.4.
    def two_points(z: Tensor) -> Tensor:
        return torch.cat([torch.tanh(20 * z[:, :1]), 0 * z[:, 1:]], 1) + 0.05 * z

    generator = torch.Generator().manual_seed(2)
    side = 2.0 * (torch.rand(4000, 1, generator=generator) < 0.8) - 1
    values = torch.cat([side, 0 * side], 1) + 0.05 * torch.randn(4000, 2, generator=generator)
    torch.manual_seed(0)
    critic = MLPCritic(shape=(2,), outputs=1, hidden=(32, 32), norm="none", activation="leaky_relu", dropout=0.0)
    own = weights(hidden=32, steps=400, batch=64, lr_w=5e-3, lr_critic=2e-3, n_critic=2)
    codes, shares = torch.randn(1000, 2, generator=generator), []
    loss = own.loss

    def share() -> float:
        w = own.network(codes, None)
        return (w[codes[:, 0] > 0].sum() / w.sum()).item()

    def watched(w: Tensor, d: Tensor) -> Tensor:
        shares.append(share())
        return loss(w, d)

    own.loss = watched  # type: ignore[method-assign]
    rejection(weights=own).prepare(module(Through(2, two_points), critic, loss=Wasserstein()), Points(values))
    assert max(shares[200:]) - min(shares[200:]) > 0.15
    assert share() == pytest.approx(0.8, abs=0.03)
    assert own.report["mean"] == pytest.approx(1, abs=0.05)


def two_modes(z: Tensor) -> Tensor:
    """Half of the codes go to two modes at (-1.5, 0) and (1.5, 0), half to bad points at a height of 3."""
    good = z[:, 1:] > 0
    side = torch.tanh(20 * z[:, :1]) * 1.5
    return torch.cat([side, torch.where(good, 0.0, 3.0)], 1) + 0.05 * z


def toy() -> tuple[GAN, Points]:
    generator = torch.Generator().manual_seed(2)
    side = 3 * torch.randint(0, 2, (4000, 1), generator=generator) - 1.5
    values = torch.cat([side, torch.zeros(4000, 1)], 1) + 0.05 * torch.randn(4000, 2, generator=generator)
    torch.manual_seed(0)
    critic = MLPCritic(shape=(2,), outputs=1, hidden=(32, 32), norm="none", activation="leaky_relu", dropout=0.0)
    return module(Through(2, two_modes), critic, loss=Wasserstein()), Points(values)


def learnt() -> LatentReweighting:
    """Trained once for all tests that look at it."""
    if "toy" not in trained:
        own = weights(hidden=32, steps=400, batch=64, lr_w=2e-3, lr_critic=2e-3, n_critic=2)
        sampler = rejection(weights=own)
        sampler.prepare(*toy())
        trained["toy"] = sampler
    return trained["toy"]


def good(x: Tensor) -> float:
    return (x[:, 1] < 1.5).float().mean().item()


@pytest.mark.slow
def test_on_a_toy_with_bad_points_most_of_them_go_and_both_modes_stay() -> None:
    sampler = learnt()
    report = sampler.weights.report
    assert abs(report["mean"] - 1) < 0.15
    assert report["std"] > 0.3
    assert report["largest"] < 3
    assert 0 < report["ess_share"] < 1
    assert sampler.weights.warnings == []
    model, data = toy()
    base = good(drawn(plain(), model, data, 4000).x)
    assert base == pytest.approx(0.5, abs=0.04)
    result = sampler.sample(4000, seeded())
    assert good(result.x) > 0.8
    kept = result.x[result.x[:, 1] < 1.5]
    assert 0.25 < (kept[:, 0] > 0).float().mean() < 0.75
    assert result.stats["acceptance"] == pytest.approx(report["mean"] / 3, abs=0.02)
    # The generator sees accepted codes alone.
    assert result.stats["generator_evaluations"] == 4000
    assert result.stats["weights_evaluations"] >= result.stats["proposed"]


def test_the_effective_share_is_that_of_the_weights() -> None:
    own = learnt().weights
    w = own.weights(learnt().context.prior.sample(N, seeded())).double()
    assert own.report["ess_share"] == pytest.approx((w.mean().square() / w.square().mean()).item(), abs=0.02)
    assert own.report["mean"] == pytest.approx(w.mean().item(), abs=6 * w.std().item() / 10_000**0.5)


def test_the_critic_of_the_model_is_not_trained() -> None:
    model, data = toy()
    before = {name: value.clone() for name, value in model.critic.state_dict().items()}
    own = weights(steps=3, lr_critic=0.1)
    rejection(weights=own).prepare(model, data)
    assert all(torch.equal(before[name], value) for name, value in model.critic.state_dict().items())


def test_weights_learnt_from_other_training_samples_are_not_used(tmp_path: Path) -> None:
    data = [normal_points(200), normal_points(200)]
    data[1].train = normal_points(200, mean=5.0).train
    for each in data:
        rejection(weights=weights(steps=3)).prepare(plain_model(), each, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_uniform_weights_are_warned_of() -> None:
    sampler = rejection(weights=weights(lr_w=1e-9))
    sampler.prepare(plain_model(), DATA)
    (warning,) = sampler.weights.warnings
    assert "no effect" in warning
    assert warning in sampler.sample(5, seeded()).report["warnings"]


def test_a_mean_far_from_one_is_an_error() -> None:
    # Without its hold, and with a critic far above at most codes, the mean of w runs away.
    model = module(Affine(1), Told(1, lambda x: 500 * (x + 1).clamp(max=0).sum(1)))
    own = weights(lambda_norm=0.0, steps=80, lr_w=0.05, lr_critic=1e-9, gp=0.0, batch=128)
    with pytest.raises(CalibrationError, match="weights' mean is"):
        rejection(weights=own).prepare(model, DATA)


def test_the_component_of_a_mixture_is_told_to_the_weights() -> None:
    # Two components at one place: only the class tells them apart, and the critic likes one class alone.
    prior = GaussianMixture(dim=1, components=2, spread=0.0, std=1.0, trainable=False, means_seed=1)

    class Shifted(Affine):
        def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
            assert labels is not None
            return 0.01 * z + 4.0 * labels[:, None]

    model = module(Shifted(1), Told(1, lambda x: x.sum(1)), prior)
    own = weights(steps=150, lr_w=5e-3, lr_critic=1e-6, batch=64)
    sampler = rejection(weights=own)
    sampler.prepare(model, normal_points(500, mean=4.0, std=0.1))
    component = sampler.sample(2000, seeded()).latent.component
    assert component is not None
    assert component.float().mean() > 0.7


@pytest.mark.parametrize("wrong", [{"m": 1.0}, {"steps": 0}, {"batch": 1}, {"n_critic": 0}, {"hidden": 0}])
def test_refused_weights(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        weights(**wrong)


# Rejection


def clipped_moments() -> tuple[float, float, float]:
    """Acceptance at m = 3, mean and variance of N(0, 1) weighted by `tilted`, by quadrature."""
    z = np.linspace(-12, 12, 400_001)
    p = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * np.minimum(np.exp(z / 2 - 1 / 8), 3)
    total = p.sum()
    mean = (z * p).sum() / total
    return total * (z[1] - z[0]) / 3, mean, ((z - mean) ** 2 * p).sum() / total


def test_rejection_by_known_weights_gives_the_weighted_law() -> None:
    acceptance, mean, variance = clipped_moments()
    assert acceptance == pytest.approx(0.3319, abs=2e-4)  # measured for the specification
    assert mean == pytest.approx(0.490, abs=2e-3)
    result = with_weights(rejection(), tilted, plain_model()).sample(N, seeded())
    proposed = result.stats["proposed"]
    assert abs(result.stats["acceptance"] - acceptance) < 4.5 * (acceptance * (1 - acceptance) / proposed) ** 0.5
    assert abs(result.latent.z.mean().item() - mean) < 4.5 * (variance / N) ** 0.5
    assert abs(result.latent.z.var().item() - variance) < 4.5 * variance * (2 / N) ** 0.5


def test_weights_of_one_leave_the_priors_law() -> None:
    result = with_weights(rejection(), lambda e: torch.ones(len(e)), plain_model(2)).sample(N, seeded())
    assert scipy.stats.kstest(result.latent.z.flatten().numpy(), scipy.stats.norm.cdf).pvalue > 1e-4
    assert abs(result.stats["acceptance"] - 1 / 3) < 4.5 * (2 / 9 / result.stats["proposed"]) ** 0.5


def test_weights_are_asked_of_the_standardised_code() -> None:
    prior = GaussianMixture(dim=1, components=3, spread=4.0, std=0.5, trainable=False, means_seed=1)
    _, mean, variance = clipped_moments()
    latent = with_weights(rejection(), tilted, plain_model(1, prior)).sample(N, seeded()).latent
    assert latent.component is not None
    e = (latent.z - prior.means[latent.component]) / 0.5
    assert abs(e.mean().item() - mean) < 4.5 * (variance / N) ** 0.5
    uniform = with_weights(rejection(), lambda e: (e > 0).float().sum(1), plain_model(1, Uniform(dim=1)))
    z = uniform.sample(2000, seeded()).latent.z
    assert z.min() > 0


def test_weights_that_vanish_are_a_budget_error() -> None:
    sampler = with_weights(rejection(), lambda e: torch.full((len(e),), 1e-6), plain_model())
    with pytest.raises(SamplingBudgetError, match="far below 1") as caught:
        sampler.sample(200, seeded())
    assert caught.value.sampler == "latent_reweighting"
    assert caught.value.proposed >= 10_000


# Ascent


def test_ascent_keeps_the_norm_and_raises_the_weights() -> None:
    def peaked(e: Tensor) -> Tensor:
        return (e[:, 0] - 0.1 * e[:, 1].square()).exp()

    model, data = plain_model(4), normal_points(200, 4)
    begun = drawn(plain(), model, data, 500).latent.z
    result = with_weights(ascent(), peaked, model, data).sample(500, seeded())
    z = result.latent.z
    torch.testing.assert_close(z.norm(dim=1), begun.norm(dim=1), rtol=1e-4, atol=1e-5)
    assert (peaked(z) > peaked(begun)).float().mean() > 0.98
    assert len(result.path) == 11
    assert torch.equal(result.path[0].z, begun[:10])
    assert result.stats["weights_evaluations"] == 500 * 2 * 10


def test_a_step_of_ascent_is_its_formula() -> None:
    # log w = a . e: the step is step_size a, then back to the sphere.
    slope = torch.tensor([1.0, -2.0])
    model, data = plain_model(2), normal_points(200, 2)
    begun = drawn(plain(), model, data, 50).latent.z
    for scale in (1.0, 100.0):  # the scale of w does not matter
        sampler = with_weights(ascent(steps=1), lambda e, scale=scale: scale * (e @ slope).exp(), model, data)
        moved = begun + 0.05 * slope
        expected = moved * (begun.norm(dim=1) / moved.norm(dim=1))[:, None]
        torch.testing.assert_close(sampler.sample(50, seeded()).latent.z, expected)


def test_ascent_in_a_mixture_moves_around_the_components_mean_in_its_units() -> None:
    prior = GaussianMixture(dim=2, components=3, spread=4.0, std=0.25, trainable=False, means_seed=1)
    slope = torch.tensor([1.0, -2.0])
    model, data = plain_model(2, prior), normal_points(200, 2)
    start = drawn(plain(), model, data, 50).latent
    result = with_weights(ascent(steps=1), lambda e: (e @ slope).exp(), model, data).sample(50, seeded()).latent
    assert torch.equal(result.component, present(start.component))
    means = prior.means[start.component]
    e = (start.z - means) / 0.25
    moved = e + 0.05 * slope
    expected = moved * (e.norm(dim=1) / moved.norm(dim=1))[:, None]
    torch.testing.assert_close((result.z - means) / 0.25, expected, rtol=1e-4, atol=1e-4)


def test_ascent_under_a_uniform_prior_stays_in_the_cube() -> None:
    model = plain_model(2, Uniform(dim=2))
    sampler = with_weights(ascent(step_size=0.2), lambda e: e.sum(1).exp(), model, normal_points(200, 2))
    begun = drawn(plain(), model, normal_points(200, 2), 200).latent.z
    z = sampler.sample(200, seeded()).latent.z
    torch.testing.assert_close(z, (begun + 2.0).clamp(max=1))


def both() -> SampleResult:
    """Rejection and ascent by the weights learnt on the toy."""
    found = learnt()
    sampler = ascent(start=found, weights=found.weights)
    sampler.context = found.context
    return sampler.sample(2000, seeded())


def test_both_together_start_from_what_was_accepted() -> None:
    accepted = learnt().sample(2000, seeded())
    result = both()
    started, ended = result.path[0].z, result.latent.z[:10]
    torch.testing.assert_close(ended.norm(dim=1), started.norm(dim=1), rtol=1e-4, atol=1e-5)
    own = learnt().weights
    assert own.weights(result.latent).mean() > own.weights(accepted.latent).mean() + 0.01
    assert good(result.x) >= good(accepted.x) - 0.02
    assert result.stats["acceptance"] == pytest.approx(accepted.stats["acceptance"], abs=0.05)


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"step_size": 0.0}])
def test_refused_ascent(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        ascent(**wrong)


def test_one_setting_of_the_weights_reaches_both_places(composed: Compose) -> None:
    # Ascent after rejection uses one w: a setting given once must not leave a second network with the old one.
    config = composed("data=ring", "sampler=latent_reweighting_ascent", "sampler.weights.steps=7")["sampler"]
    assert config["start"]["weights"] == config["weights"]

"""Transport along a critic whose minimisers are known."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_lab.errors import GanLabError, SamplingNumericsError
from gan_lab.loss.class_conditional import ClassConditional
from gan_lab.loss.wasserstein import Wasserstein
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.labelled import Labelled
from gan_lab.prior.uniform import Uniform
from gan_lab.sampler.base import Sampler
from gan_lab.sampler.ddls import DDLS
from gan_lab.sampler.dot import DOT
from gan_lab.sampler.sir import SIR
from gan_lab.sampler.truncated import Truncated
from tests.present import present
from tests.sampler.known import Affine, Told, drawn, module, normal_points, plain, seeded

N = 500
CENTRE = torch.tensor([1.0, -0.5])
DATA = normal_points(100, 2)


def transport(**changed: Any) -> DOT:
    settings: dict[str, Any] = {
        "batch_size": N,
        "start": plain(),
        "space": "target",
        "n_updates": 20,
        "lr": 0.01,
        "optimizer": "sgd",
        "k_pairs": 100,
        "k_repeats": 10,
        "norm_eps": 1e-3,
        "prior_step": "none",
    }
    return DOT(**settings | changed)


def bowl(steepness: float) -> Callable[[Tensor], Tensor]:
    """-(K / 2) ||x - a||^2."""
    return lambda x: -steepness / 2 * (x - CENTRE).square().sum(1)


@pytest.mark.parametrize(
    ("steepness", "optimizer", "lr", "n_updates"), [(0.3, "sgd", 0.02, 1500), (5.0, "adam", 0.01, 800)]
)
def test_a_bowl_draws_samples_to_a_known_distance_from_its_centre(
    steepness: float, optimizer: str, lr: float, n_updates: int
) -> None:
    # The distance of y's image from a is min(k / K, ||y - a||), k the slope that was found: 1 for k = K.
    sampler = transport(optimizer=optimizer, lr=lr, n_updates=n_updates)
    model = module(Affine(2), Told(2, bowl(steepness)))
    result = drawn(sampler, model, DATA, 100)
    begun = (result.latent.z - CENTRE).norm(dim=1)
    expected = begun.clamp(max=result.report["slope"] / steepness)
    # Steps overshoot by their own length where the distance has its kink.
    torch.testing.assert_close((result.x - CENTRE).norm(dim=1), expected, rtol=0, atol=0.05)


def test_with_the_exact_slope_samples_end_within_one_of_the_centre() -> None:
    sampler = transport(optimizer="adam", n_updates=800)
    model = module(Affine(2, scale=2.0), Told(2, bowl(3.0)))
    sampler.prepare(model, DATA)
    sampler.slope = 3.0
    result = sampler.sample(100, torch.Generator().manual_seed(3))
    begun = (2 * result.latent.z - CENTRE).norm(dim=1)
    assert (begun > 1.5).any()
    assert (begun < 0.5).any()
    torch.testing.assert_close((result.x - CENTRE).norm(dim=1), begun.clamp(max=1), rtol=0, atol=0.05)
    # along the straight line, too
    direction = (2 * result.latent.z - CENTRE) / begun[:, None]
    straight = CENTRE + direction * begun.clamp(max=1)[:, None]
    torch.testing.assert_close(result.x[begun > 1.2], straight[begun > 1.2], rtol=0, atol=0.05)


def test_in_the_latent_space_without_projection_codes_do_the_same() -> None:
    # s(G(z)) = -(K / 2) ||2 z - a||^2 is a bowl of steepness 4 K around a / 2.
    sampler = transport(space="latent", optimizer="adam", n_updates=800)
    model = module(Affine(2, scale=2.0), Told(2, bowl(0.5)))
    result = drawn(sampler, model, DATA, 100)
    start = drawn(plain(), model, DATA, 100).latent.z
    begun = (start - CENTRE / 2).norm(dim=1)
    expected = begun.clamp(max=result.report["slope"] / 2)
    torch.testing.assert_close((result.latent.z - CENTRE / 2).norm(dim=1), expected, rtol=0, atol=0.05)
    torch.testing.assert_close(result.x, 2 * result.latent.z)


@pytest.mark.parametrize("space", ["target", "latent"])
def test_the_slope_of_a_linear_critic_is_its_norm_from_below(space: Any) -> None:
    weight = torch.tensor([3.0, -4.0])
    model = module(Affine(2, scale=2.0), Told(2, lambda x: 7 * (x @ weight)))
    result = drawn(transport(space=space, n_updates=1), model, DATA, 5)
    steepest = 7 * 5.0 * (2 if space == "latent" else 1)
    assert 0.98 * steepest < result.report["slope"] <= steepest * (1 + 1e-4)


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_the_scale_of_the_score_does_not_matter(scale: float) -> None:
    plain_score = drawn(transport(), module(Affine(2), Told(2, bowl(1.0))), DATA, 50)
    scaled = drawn(transport(), module(Affine(2), Told(2, bowl(1.0), times=scale, plus=11.0)), DATA, 50)
    assert scaled.report["slope"] == pytest.approx(scale * plain_score.report["slope"], rel=1e-2)
    torch.testing.assert_close(scaled.x, plain_score.x, rtol=0, atol=0.01)
    assert (plain_score.x - plain_score.latent.z).abs().max() > 0.03


def test_one_step_of_gradient_descent_is_its_formula() -> None:
    model = module(Affine(2), Told(2, bowl(1.0)))
    result = drawn(transport(n_updates=1, lr=0.1), model, DATA, 50)
    y = result.latent.z
    offset = torch.full((2,), 1e-3)  # the norm's gradient at y itself points along the offset
    gradient = offset / offset.norm() + (y - CENTRE) / result.report["slope"]
    torch.testing.assert_close(result.x, y - 0.1 * gradient)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("lr", [0.01, 0.5])
def test_the_projection_keeps_the_norm_and_turns_codes_towards_a_better_score(optimizer: Any, lr: float) -> None:
    weight = torch.tensor([1.0, 0.5, -1.0, 0.2])
    model = module(Affine(4), Told(4, lambda x: x @ weight))
    data = normal_points(100, 4)
    start = drawn(plain(), model, data, N).latent.z
    norms = {}
    for prior_step in ("project", "none"):
        sampler = transport(space="latent", prior_step=prior_step, lr=lr, optimizer=optimizer, n_updates=50)
        sampler.prepare(model, data)
        sampler.slope = 0.2 * weight.norm().item()  # so that scores outweigh distances
        z = sampler.sample(N, torch.Generator().manual_seed(3)).latent.z
        norms[prior_step] = z.norm(dim=1)
        assert ((z @ weight) - (start @ weight)).mean() > 0.5
    torch.testing.assert_close(norms["project"], start.norm(dim=1))
    assert (norms["none"] - start.norm(dim=1)).abs().mean() > 0.2


def test_a_uniform_priors_codes_stay_in_their_cube() -> None:
    model = module(Affine(2), Told(2, lambda x: 5 * x.sum(1)), prior=Uniform(dim=2))
    result = drawn(transport(space="latent", optimizer="adam", lr=0.1, n_updates=40), model, DATA, N)
    assert result.latent.z.abs().max() <= 1
    assert (result.latent.z == 1).float().mean() > 0.05


def test_a_mixtures_codes_move_in_units_of_their_own_component() -> None:
    prior = GaussianMixture(dim=2, components=3, spread=4.0, std=0.5, trainable=False, means_seed=1)
    model = module(Affine(2), Told(2, bowl(1.0)), prior=prior)
    start = drawn(plain(), model, DATA, N).latent
    sampler = transport(space="latent", prior_step="project", n_updates=100, lr=0.003)
    sampler.prepare(model, DATA)
    sampler.slope = 0.5
    result = sampler.sample(N, torch.Generator().manual_seed(3))
    assert torch.equal(present(result.latent.component), present(start.component))
    begun, ended = (((latent.z - prior.means[latent.component]) / 0.5).norm(dim=1) for latent in (start, result.latent))
    torch.testing.assert_close(ended, begun, rtol=0, atol=0.06)
    assert not torch.allclose(result.latent.z, start.z, atol=0.05)


@pytest.mark.parametrize("space", ["latent", "target"])
def test_a_constant_in_the_scores_of_a_class_does_not_make_the_critic_steeper(space: Any) -> None:
    def score(x: Tensor) -> Tensor:
        return torch.stack([3 * x[:, 0], 3 * x[:, 0] + 1000], 1)

    loss = ClassConditional(num_classes=2, of=Wasserstein())
    model = module(Affine(2), Told(2, score, outputs=2), prior=Labelled(dim=2, components=2), loss=loss)
    slope = drawn(transport(space=space, n_updates=1), model, DATA, 5).report["slope"]
    assert 0.98 * 3 < slope <= 3 * (1 + 1e-3)


def test_where_no_two_samples_are_of_one_component_no_slope_is_found() -> None:
    prior = GaussianMixture(dim=2, components=100_000, spread=4.0, std=0.5, trainable=False, means_seed=1)
    with pytest.raises(GanLabError, match="no two of the random samples are of one component"):
        drawn(transport(k_pairs=1, k_repeats=1), module(Affine(2), Told(2, bowl(1.0)), prior=prior), DATA, 5)


@pytest.mark.parametrize("outer", ["dot", "sir"])
def test_warnings_of_the_sampler_inside_are_those_of_the_one_outside_and_each_is_there_once(outer: str) -> None:
    model = module(Affine(4), Told(4, lambda x: x.sum(1)))
    inner = DDLS(
        batch_size=N,
        start=plain(),
        calibration="none",
        calibration_samples=5000,
        n_steps=5,
        eps=0.01,
        eps_min=None,
        schedule="constant",
        temperature=1.0,
        mala=False,
        target_accept=0.574,
        per_component=True,
        max_z2=4.0,
    )
    samplers: dict[str, Sampler] = {
        "dot": transport(start=inner, space="latent", n_updates=2),
        "sir": SIR(batch_size=N, proposal=inner, calibration="platt", calibration_samples=1000, k=4, rounds=2),
    }
    sampler = samplers[outer]
    sampler.prepare(model, normal_points(1000, 4, mean=1.0))
    for _ in range(2):
        warnings = sampler.sample(N, seeded()).report["warnings"]
        (found,) = [warning for warning in warnings if "too short for their law" in warning]
        assert found.startswith("sampler=ddls inside: the chains are too short")


def test_images_stay_in_their_range_and_points_need_not() -> None:
    model = module(Affine(2), Told(2, lambda x: 5 * x.sum(1)))
    result = drawn(transport(lr=0.5, n_updates=50), model, DATA, 50)
    assert result.x.max() > 1


def test_the_slope_is_about_the_samples_that_it_starts_from() -> None:
    model = module(Affine(2), Told(2, lambda x: -x.square().sum(1)))
    narrow = transport(start=Truncated(batch_size=N, t=None, psi=0.1), n_updates=1)
    slopes = [drawn(sampler, model, DATA, 5).report["slope"] for sampler in (transport(n_updates=1), narrow)]
    assert slopes[1] == pytest.approx(0.1 * slopes[0], rel=1e-3)


def test_a_critic_that_is_not_finite_is_an_error() -> None:
    model = module(Affine(2), Told(2, lambda x: torch.where(x[:, 0] > 0, torch.nan, x[:, 0])))
    with pytest.raises(SamplingNumericsError, match="not finite"):
        drawn(transport(), model, DATA, 50)


@pytest.mark.parametrize("wrong", [{"n_updates": 0}, {"lr": 0.0}, {"k_pairs": 0}, {"k_repeats": 0}, {"norm_eps": 0.0}])
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        transport(**wrong)

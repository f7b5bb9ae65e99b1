"""Langevin chains against the laws that they must have."""

from collections.abc import Callable
from math import cos, log, pi
from typing import Any

import numpy as np
import pytest
import scipy.stats
import torch
from torch import Tensor

from gan_lab.build import build
from gan_lab.errors import GanLabError, SamplingNumericsError
from gan_lab.loss.class_conditional import ClassConditional
from gan_lab.loss.wasserstein import Wasserstein
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.uniform import Uniform
from gan_lab.sampler.ddls import DDLS, reflected
from gan_lab.sampler.truncated import Truncated
from tests.fixtures import Compose
from tests.present import present
from tests.sampler.known import (
    Affine,
    Told,
    drawn,
    module,
    narrower,
    normal_points,
    plain,
    variance_error,
)

N, DIM = 20_000, 4
DATA = normal_points(100, DIM)


def chains(**changed: Any) -> DDLS:
    settings: dict[str, Any] = {
        "batch_size": N,
        "start": plain(),
        "calibration": "none",
        "calibration_samples": 5000,
        "n_steps": 100,
        "eps": 0.1,
        "eps_min": None,
        "schedule": "constant",
        "temperature": 1.0,
        "mala": False,
        "target_accept": 0.574,
        "per_component": True,
        "max_z2": 4.0,
    }
    return DDLS(**settings | changed)


def flat(x: Tensor) -> Tensor:
    return 0 * x.sum(1)


def parabola(a: float, c: float) -> Callable[[Tensor], Tensor]:
    """a x - c x^2 / 2, summed over the coordinates: the target is N(a / (1 + c), 1 / (1 + c)) for N(0, 1)."""
    return lambda x: (a * x - c * x.square() / 2).sum(1)


def check_moments(z: Tensor, mean: float, variance: float) -> None:
    numbers = z.double().flatten()
    assert abs(numbers.mean().item() - mean) < 4.5 * (variance / len(numbers)) ** 0.5
    assert abs(numbers.var().item() - variance) < variance_error(variance, len(numbers))


@pytest.mark.parametrize(("eps", "n_steps"), [(0.1, 100), (0.5, 30), (1.0, 20)])
def test_without_a_critic_the_variance_is_that_of_the_discretised_chain(eps: float, n_steps: int) -> None:
    model = module(Affine(DIM), Told(DIM, flat))
    result = drawn(chains(eps=eps, n_steps=n_steps), model, DATA, N)
    check_moments(result.latent.z, 0.0, 1 / (1 - eps / 4))
    assert result.report["relaxation"] == pytest.approx(-n_steps * log(1 - eps / 2), rel=0.08)
    assert result.report["z2"] == pytest.approx(result.latent.z.square().mean().item(), rel=1e-5)


@pytest.mark.parametrize("mala", [False, True])
@pytest.mark.parametrize("times", [2.5, 3.5])
def test_chains_shorter_than_three_relaxation_times_are_warned_of(times: float, mala: bool) -> None:
    # The target is N(0, 1/4), so that a step leaves 1 - eps 4 / 2; MALA rejects hardly any step this small.
    left = 1 - 0.01 * 4 / 2
    n_steps = round(-times / log(left))
    model = module(Affine(DIM), Told(DIM, parabola(0.0, 3.0)))
    # an acceptance that small steps have, so that MALA keeps its eps
    sampler = chains(eps=0.01, n_steps=n_steps, mala=mala, target_accept=0.995)
    report = drawn(sampler, model, DATA, N // 4).report
    if not mala:
        assert report["relaxation"] == pytest.approx(-n_steps * log(left), rel=0.03)
    warned = [warning for warning in report["warnings"] if "too short for their law" in warning]
    assert len(warned) == (report["relaxation"] < 3)
    assert mala or len(warned) == (times < 3)


def test_too_few_chains_say_nothing_of_their_relaxation() -> None:
    model = module(Affine(DIM), Told(DIM, flat))
    report = drawn(chains(eps=0.01, n_steps=5), model, DATA, 99).report
    assert "relaxation" not in report
    assert report["warnings"] == []
    assert "relaxation" in drawn(chains(eps=0.01, n_steps=5), model, DATA, 100).report


@pytest.mark.parametrize("temperature", [1.0, 0.5, 2.0])
def test_a_parabola_gives_a_gaussian_of_known_mean_and_variance_at_each_temperature(temperature: float) -> None:
    a, c, eps = 1.5, 3.0, 0.05
    model = module(Affine(DIM), Told(DIM, parabola(a, c)))
    result = drawn(chains(eps=eps, temperature=temperature), model, DATA, N)
    check_moments(result.latent.z, a / (1 + c), temperature / ((1 + c) * (1 - eps * (1 + c) / 4)))
    assert result.report["energy_end"] < result.report["energy_start"] or temperature > 1
    assert torch.equal(result.x, result.latent.z)


@pytest.mark.parametrize(("eps", "temperature"), [(0.1, 1.0), (1.0, 1.0), (0.1, 0.5), (1.0, 0.5)])
def test_mala_is_exact_for_any_step_and_adapts_it_to_the_acceptance(eps: float, temperature: float) -> None:
    a, c = 1.5, 3.0
    model = module(Affine(DIM), Told(DIM, parabola(a, c)))
    result = drawn(chains(eps=eps, temperature=temperature, mala=True, n_steps=150), model, DATA, N // 2)
    check_moments(result.latent.z, a / (1 + c), temperature / (1 + c))
    assert result.stats["acceptance"] == pytest.approx(0.574, abs=0.08)


def test_a_chain_under_mala_repeats_its_code_where_a_step_is_rejected() -> None:
    # One step of an enormous eps is hardly ever accepted: what is rejected stays, and is neither dropped nor redrawn.
    model = module(Affine(DIM), Told(DIM, parabola(0.0, 3.0)))
    sampler = chains(eps=50.0, mala=True, n_steps=1, max_z2=1e9)
    result = drawn(sampler, model, DATA, 500)
    start = drawn(plain(), model, DATA, 500).latent.z
    same = (result.latent.z == start).all(1).float().mean().item()
    assert same > 0.9
    assert result.stats["acceptance"] == pytest.approx(1 - same, abs=1e-6)


@pytest.mark.parametrize("mala", [False, True])
def test_a_uniform_prior_is_flat_in_its_box_without_a_critic(mala: bool) -> None:
    model = module(Affine(2), Told(2, flat), prior=Uniform(dim=2))
    start = Truncated(batch_size=N, t=None, psi=0.3)  # from a smaller box
    result = drawn(chains(start=start, mala=mala, eps=0.2), model, normal_points(100, 2), 5000)
    z = result.latent.z
    assert z.abs().max() <= 1
    assert scipy.stats.kstest(z.flatten().numpy(), scipy.stats.uniform(-1, 2).cdf).pvalue > 1e-4
    # the spread is that of the box
    assert result.report["z2"] == pytest.approx(1.0, abs=0.06)


def test_a_uniform_prior_follows_the_critic_inside_its_box() -> None:
    # p(z) ~ exp(2 z) on [-1, 1]: the mean is coth(2) - 1/2.
    model = module(Affine(1), Told(1, lambda x: 2 * x.sum(1)), prior=Uniform(dim=1))
    z = drawn(chains(mala=True, eps=0.3, n_steps=150), model, normal_points(100), N).latent.z.double()
    mean = 1 / np.tanh(2) - 0.5
    assert abs(z.mean().item() - mean) < 4.5 * z.std().item() / N**0.5


def test_chains_of_a_mixture_keep_to_their_component() -> None:
    prior = GaussianMixture(dim=2, components=3, spread=5.0, std=0.7, trainable=False, means_seed=1)
    model = module(Affine(2), Told(2, flat), prior=prior)
    result = drawn(chains(eps=0.1, n_steps=60), model, normal_points(100, 2), N)
    begun = drawn(plain(), model, normal_points(100, 2), N).latent
    component = result.latent.component
    assert component is not None
    assert torch.equal(component, present(begun.component))
    # ULA's variance at a precision of 1 / std^2
    variance = 0.7**2 / (1 - 0.1 / 0.7**2 / 4)
    for k in range(3):
        check_moments(result.latent.z[component == k] - prior.means[k], 0.0, variance)


def test_chains_of_a_mixture_that_may_leave_their_component_have_the_law_of_the_mixture() -> None:
    # Two components four deviations apart, between which chains wander: E ||z||^2 is 1 + 2^2 for means at +-2.
    prior = GaussianMixture(dim=1, components=2, spread=1.0, std=1.0, trainable=False, means_seed=1)
    prior.means = torch.tensor([[-2.0], [2.0]])
    model = module(Affine(1), Told(1, flat), prior=prior)
    n = 4000
    result = drawn(chains(per_component=False, eps=0.5, n_steps=100), model, normal_points(100), n)
    z = result.latent.z.flatten()
    assert z.square().mean().item() == pytest.approx(5.0, abs=0.6)  # eps biases by a tenth
    assert (z > 0).float().mean().item() == pytest.approx(0.5, abs=4.5 * 0.5 / n**0.5)
    # P(k = 1 | z) = sigmoid(4 z), and components are those of the codes' ends.
    k, p = present(result.latent.component).double(), (4 * z.double()).sigmoid()
    assert abs((k - p).sum()) < 4.5 * (p * (1 - p)).sum().sqrt()
    assert ((z > 0).long() == k).float().mean() > 0.95
    assert k.unique().tolist() == [0, 1]


def test_chains_that_change_their_component_are_refused_where_it_matters() -> None:
    prior = GaussianMixture(dim=2, components=2, spread=1.0, std=1.0, trainable=False, means_seed=1)
    data = normal_points(100, 2)
    sampler = chains(per_component=False, n_steps=2)
    sampler.prepare(module(Affine(2), Told(2, flat), prior=prior), data)
    with pytest.raises(GanLabError, match=r"none can be chosen: set sampler\.per_component=true"):
        sampler.sample(4, torch.Generator().manual_seed(3), component=torch.zeros(4, dtype=torch.long))
    loss = ClassConditional(num_classes=2, of=Wasserstein())
    critic = Told(2, lambda x: x, outputs=2)
    with pytest.raises(GanLabError, match="generator or critic depends on it"):
        chains(per_component=False, calibration="energy").prepare(
            module(Affine(2), critic, prior=prior, loss=loss), data
        )


@pytest.mark.parametrize("temperature", [3.0, 6.0])
def test_a_temperature_may_spread_codes_as_far_as_it_does(temperature: float) -> None:
    model = module(Affine(DIM), Told(DIM, flat))
    z2 = drawn(chains(temperature=temperature), model, DATA, 2000).report["z2"]
    assert z2 == pytest.approx(temperature / (1 - 0.1 / 4), rel=0.1)


def test_what_explodes_is_an_error_and_a_smaller_step_is_stable() -> None:
    # The curvature is 401: unstable above eps = 4 / 401, about twice the variance at half of that.
    model = module(Affine(1), Told(1, parabola(0.0, 400.0)))
    with pytest.raises(SamplingNumericsError, match=r"lower sampler\.eps"):
        drawn(chains(eps=0.011, n_steps=200), model, normal_points(100), 500)
    result = drawn(chains(eps=0.005, n_steps=200), model, normal_points(100), N)
    check_moments(result.latent.z, 0.0, 1 / (401 * (1 - 0.005 * 401 / 4)))


def test_a_few_chains_far_out_are_no_explosion() -> None:
    # Of single numbers 5 % lie beyond two deviations: of 60 chains alone, some begin there.
    model = module(Affine(1), Told(1, flat))
    sampler = chains(n_steps=3)
    whole = drawn(sampler, model, normal_points(100), 60)
    parts = [sampler.sample(60, torch.Generator().manual_seed(3), rank=rank, world_size=60) for rank in range(60)]
    assert torch.equal(torch.cat([part.x for part in parts]), whole.x)


def test_a_critic_that_is_not_finite_is_an_error_that_says_how_many_and_when() -> None:
    model = module(Affine(1), Told(1, lambda x: torch.where(x > 0, torch.nan, x).sum(1)))
    with pytest.raises(SamplingNumericsError, match=r"[45]\d\.\d% of the samples .* after step 0"):
        drawn(chains(), model, normal_points(100), 1000)


def test_reflected_folds_at_the_faces() -> None:
    z = torch.tensor([[0.0, 0.3, -0.9, 1.0, -1.0, 1.2, -1.5, 3.0, 3.2, -5.1]])
    folded = torch.tensor([[0.0, 0.3, -0.9, 1.0, -1.0, 0.8, -0.5, -1.0, -0.8, -0.9]])
    torch.testing.assert_close(reflected(z), folded)


def test_the_cosine_schedule_goes_from_eps_to_its_end() -> None:
    sampler = chains(schedule="cosine", eps=0.4, eps_min=0.02, n_steps=41)
    assert sampler.step_size(0) == pytest.approx(0.4)
    assert sampler.step_size(10) == pytest.approx(0.02 + 0.38 * (1 + cos(pi / 4)) / 2)
    assert sampler.step_size(20) == pytest.approx(0.21)
    assert sampler.step_size(40) == pytest.approx(0.02)
    model = module(Affine(DIM), Told(DIM, flat))
    result = drawn(sampler, model, DATA, N)
    assert result.report["eps"] == pytest.approx(0.21)
    # The exact recursion of the variance: v <- (1 - eps / 2)^2 v + eps.
    variance = 1.0
    for step in range(41):
        eps = sampler.step_size(step)
        variance = (1 - eps / 2) ** 2 * variance + eps
    check_moments(result.latent.z, 0.0, variance)


def test_energy_takes_a_wasserstein_critics_score_as_it_is() -> None:
    a, c, eps = 1.5, 3.0, 0.05
    model = module(Affine(DIM), Told(DIM, parabola(a, c)), loss=Wasserstein())
    result = drawn(chains(eps=eps, calibration="energy"), model, DATA, N)
    check_moments(result.latent.z, a / (1 + c), 1 / ((1 + c) * (1 - eps * (1 + c) / 4)))
    assert result.report["calibration"] == {"calibration": "energy", "score": "raw_score"}


def test_platt_finds_the_scale_of_a_wasserstein_critic_so_that_samples_follow_the_data() -> None:
    # z has precision 1 + 3 where d is exact, so that x = 2 z has the variance of the data, 1.
    model = module(Affine(1, scale=2.0), Told(1, narrower, times=4.0, plus=7.0), loss=Wasserstein())
    sampler = chains(calibration="platt", calibration_samples=10_000, eps=0.02, n_steps=200)
    result = drawn(sampler, model, normal_points(10_000), N)
    bias = 1 / (1 - 0.02 * 4 / 4)
    assert result.x.var().item() == pytest.approx(bias, abs=0.08)  # a is known to some 5 %
    assert result.report["calibration"]["a"] == pytest.approx(0.25, rel=0.15)


def test_the_way_of_the_first_samples_goes_from_the_start_to_the_end() -> None:
    model = module(Affine(DIM), Told(DIM, flat))
    result = drawn(chains(n_steps=30), model, DATA, 50)
    begun = drawn(plain(), model, DATA, 50)
    assert len(result.path) == 11
    assert torch.equal(result.path[0].z, begun.latent.z[:10])
    assert torch.equal(result.path[-1].z, result.latent.z[:10])


def test_a_step_counts_as_two_passes_and_the_image_as_one() -> None:
    model = module(Affine(DIM), Told(DIM, flat))
    result = drawn(chains(n_steps=7), model, DATA, 50)
    assert result.stats["generator_evaluations"] == 50 * (2 * (7 + 1) + 1)
    assert result.stats["critic_evaluations"] == 50 * 2 * (7 + 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"calibration": "isotonic"},
        {"eps": 0.0},
        {"n_steps": 0},
        {"temperature": 0.0},
        {"target_accept": 1.0},
        {"schedule": "cosine"},
        {"schedule": "cosine", "eps_min": 0.01, "mala": True},
    ],
)
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"isotonic|eps|must be"):
        chains(**wrong)


def test_isotonic_is_refused_on_the_command_line_too(composed: Compose) -> None:
    config = composed("model=gan", "data=ring", "sampler=ddls", "sampler.calibration=isotonic")["sampler"]
    with pytest.raises(GanLabError, match=r"sampler: an isotonic calibration .* use platt"):
        build(config, "sampler")


def test_chains_that_start_from_chains_have_noise_of_their_own() -> None:
    # The same noise twice would add up: a variance of 1.66 instead of 1.
    sampler = chains(eps=0.5, n_steps=5, start=chains(eps=0.5, n_steps=5))
    result = drawn(sampler, module(Affine(1), Told(1, flat)), normal_points(100), N)
    assert result.latent.z.var().item() == pytest.approx(1 / (1 - 0.5 / 4), abs=0.1)

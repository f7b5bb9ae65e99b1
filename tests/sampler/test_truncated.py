"""The truncation trick against the truncated normal law."""

from math import erf, exp, pi, sqrt
from typing import Any

import pytest
import scipy.stats
import torch

from gan_lab.errors import GanLabError
from gan_lab.prior.base import LatentPrior
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.labelled import Labelled
from gan_lab.prior.uniform import Uniform
from gan_lab.sampler.truncated import Truncated, truncated
from gan_lab.types import Latent
from tests.present import present
from tests.sampler.known import Affine, Told, drawn, module, normal_points, plain

N, DIM = 20_000, 3
DATA = normal_points(100, DIM)


def codes(t: float | None, psi: float = 1.0, prior: LatentPrior | None = None, n: int = N) -> Latent:
    model = module(Affine(DIM), Told(DIM, lambda x: x.sum(1)), prior)
    result = drawn(Truncated(batch_size=N, t=t, psi=psi), model, DATA, n)
    assert torch.equal(result.x, result.latent.z)
    return result.latent


def start(prior: LatentPrior | None = None, n: int = N) -> Latent:
    return drawn(plain(), module(Affine(DIM), Told(DIM, lambda x: x.sum(1)), prior), DATA, n).latent


@pytest.mark.parametrize(("t", "stated"), [(0.5, 0.0806), (1.0, 0.2911), (1.5, 0.5515), (2.0, 0.7737)])
def test_the_variance_is_that_of_the_truncated_normal(t: float, stated: float) -> None:
    variance = 1 - 2 * t * exp(-(t**2) / 2) / sqrt(2 * pi) / erf(t / sqrt(2))
    assert variance == pytest.approx(stated, abs=1e-3)
    law = scipy.stats.truncnorm(-t, t)
    fourth = law.moment(4)
    z = codes(t).z.double().flatten()
    assert abs(z.var().item() - variance) < 4.5 * ((fourth - variance**2) / len(z)) ** 0.5
    assert z.abs().max() <= t
    assert scipy.stats.kstest(z.numpy(), law.cdf).pvalue > 1e-4


@pytest.mark.parametrize("t", [0.5, 2.0])
def test_the_map_is_the_one_of_equal_probabilities_and_increasing(t: float) -> None:
    z = torch.linspace(-6, 6, 2001)[:, None]
    moved = truncated(z, t)
    expected = scipy.stats.truncnorm(-t, t).ppf(scipy.stats.norm.cdf(z.double().numpy()))
    torch.testing.assert_close(moved.double(), torch.from_numpy(expected), rtol=1e-5, atol=1e-6)
    assert (moved.diff(dim=0) >= 0).all()
    torch.testing.assert_close(truncated(-z, t), -moved)
    torch.testing.assert_close(codes(t).z, truncated(start().z, t))  # each code from the plain generator's


@pytest.mark.parametrize("value", [30.0, -30.0, 0.0])
def test_far_tails_end_at_the_limit(value: float) -> None:
    z = torch.full((1, 1), value)
    assert truncated(z, 2.0).item() == max(-2.0, min(2.0, value))


def test_a_far_limit_changes_nothing() -> None:
    torch.testing.assert_close(codes(8.0).z, start().z, rtol=1e-4, atol=1e-5)


def test_psi_scales_codes_after_the_limit() -> None:
    torch.testing.assert_close(codes(None, 0.7).z, 0.7 * start().z)
    torch.testing.assert_close(codes(1.5, 0.7).z, 0.7 * codes(1.5).z)
    assert (codes(None, 0.0).z == 0).all()
    assert torch.equal(codes(None).z, start().z)


@pytest.mark.parametrize(("t", "psi"), [(1.0, 1.0), (None, 0.5), (1.0, 0.5)])
def test_a_mixture_is_cut_around_each_mean_in_units_of_its_deviation(t: float | None, psi: float) -> None:
    prior = GaussianMixture(dim=DIM, components=4, spread=3.0, std=0.6, trainable=False, means_seed=1)
    latent, direct = codes(t, psi, prior), start(prior)
    assert torch.equal(present(latent.component), present(direct.component))
    means = prior.means[direct.component]
    standard = (direct.z - means) / 0.6
    standard = standard if t is None else truncated(standard, t)
    torch.testing.assert_close(latent.z, means + psi * 0.6 * standard, rtol=1e-4, atol=1e-5)
    assert t is None or (latent.z - means).abs().max() <= psi * 0.6 * t + 1e-5


def test_labelled_codes_keep_their_classes() -> None:
    prior = Labelled(dim=DIM, components=5)
    latent, direct = codes(1.0, 1.0, prior), start(prior)
    assert torch.equal(present(latent.component), present(direct.component))
    torch.testing.assert_close(latent.z, truncated(direct.z, 1.0))


def test_of_a_uniform_prior_psi_scales_the_cube_and_a_limit_is_refused() -> None:
    prior = Uniform(dim=DIM)
    torch.testing.assert_close(codes(None, 0.4, prior).z, 0.4 * start(prior).z)
    with pytest.raises(GanLabError, match=r"sampler\.t=null"):
        codes(2.0, 1.0, prior)


@pytest.mark.parametrize("wrong", [{"t": 0.0}, {"t": -1.0}, {"psi": -0.1}])
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        Truncated(**{"batch_size": 5, "t": 2.0, "psi": 1.0} | wrong)

"""Quality against diversity, after training."""

from typing import Any

import pytest
import torch

from gan_lab.errors import GanLabError
from gan_lab.sampler.direct import Direct
from gan_lab.sampler.sigma_scaled import SigmaScaled
from gan_lab.types import SampleResult
from tests.fixtures import BuildModel
from tests.short_runs import fit, ring


def drawn(model: Any, tau: float, n: int = 4000) -> SampleResult:
    sampler = SigmaScaled(batch_size=500, tau=tau)
    sampler.prepare(model, ring())
    return sampler.sample(n, torch.Generator().manual_seed(3))


@pytest.mark.parametrize("variant", ["gmgan_static", "gmgan_dynamic"])
def test_the_spread_within_a_component_is_scaled_and_its_mean_is_not(build_model: BuildModel, variant: str) -> None:
    model = build_model(f"model={variant}", "data=ring", "model.prior.dim=3")
    fit(model, rounds=20)  # so that a trained mixture has deviations of its own
    prior = model.averaged_prior
    for tau in (0.25, 1.5):
        latent = drawn(model, tau).latent
        for k in range(prior.components):
            codes = latent.z[latent.component == k]
            torch.testing.assert_close(codes.std(0), tau * prior.std[k], rtol=0.15, atol=0)
            assert ((codes.mean(0) - prior.means[k]).abs() < 5 * tau * prior.std[k] / len(codes) ** 0.5).all()


def test_without_deviation_each_component_has_one_image_and_tau_1_is_direct(build_model: BuildModel) -> None:
    model = build_model("model=gmgan_static", "data=ring")
    assert len(drawn(model, 0.0).x.unique(dim=0)) == model.prior.components
    direct = Direct(batch_size=500)
    direct.prepare(model, ring())
    expected = direct.sample(100, torch.Generator().manual_seed(3)).x
    torch.testing.assert_close(drawn(model, 1.0, 100).x, expected)


def test_a_conditional_generator_is_still_told_its_classes(build_model: BuildModel) -> None:
    model = build_model(
        "model=cgan_wgan_gp",
        "prior=gaussian_mixture",
        "model.prior.components=8",
        "+model.generator.classes=8",
        "data=ring",
    )
    result = drawn(model, 0.5, 40)
    again = model.averaged_generator.eval()(result.latent.z, result.latent.component)
    torch.testing.assert_close(result.x, again)


def test_refused(build_model: BuildModel) -> None:
    with pytest.raises(GanLabError, match="needs a model with a mixture prior, and this one has Normal"):
        drawn(build_model("model=gan", "data=ring"), 0.5)
    with pytest.raises(ValueError, match="must be a number of 0 or more"):
        SigmaScaled(batch_size=5, tau=-1.0)

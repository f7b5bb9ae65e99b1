"""The gradient flow of a divergence, step by step."""

from typing import Any

import pytest
import torch

from gan_lab.errors import SamplingNumericsError
from gan_lab.sampler.dgflow import DGflow
from tests.sampler.known import Affine, Told, drawn, module, normal_points, plain

DIM, N = 4, 20_000
SLOPE = torch.tensor([1.0, -2.0, 0.5, 0.0])
DATA = normal_points(100, DIM)


def flow(**changed: Any) -> DGflow:
    settings: dict[str, Any] = {
        "batch_size": N,
        "start": plain(),
        "calibration": "none",
        "calibration_samples": 5000,
        "f": "kl",
        "eta": 0.1,
        "gamma": 0.0,
        "n_steps": 1,
    }
    return DGflow(**settings | changed)


def linear() -> Any:
    """d(G(z)) = 2 SLOPE . z + 0.3."""
    return module(Affine(DIM, scale=2.0), Told(DIM, lambda x: x @ SLOPE, plus=0.3))


@pytest.mark.parametrize(
    ("f", "speed"),
    [("kl", torch.ones_like), ("log_d", lambda d: 1 / (1 + d.exp())), ("js", lambda d: 1 / (1 + (-d).exp()))],
)
def test_without_noise_a_step_is_eta_times_speed_times_gradient(f: Any, speed: Any) -> None:
    start = drawn(plain(), linear(), DATA, 200).latent.z
    d = 2 * start @ SLOPE + 0.3
    once = drawn(flow(f=f), linear(), DATA, 200)
    expected = start + 0.1 * speed(d)[:, None] * 2 * SLOPE
    torch.testing.assert_close(once.latent.z, expected)
    torch.testing.assert_close(once.x, 2 * expected)
    again = expected + 0.1 * speed(2 * expected @ SLOPE + 0.3)[:, None] * 2 * SLOPE
    torch.testing.assert_close(drawn(flow(f=f, n_steps=2), linear(), DATA, 200).latent.z, again)


@pytest.mark.parametrize(("eta", "gamma", "n_steps"), [(0.1, 0.01, 1), (0.1, 0.01, 25), (0.3, 2.0, 3)])
def test_the_noise_has_a_variance_of_two_eta_gamma_a_step(eta: float, gamma: float, n_steps: int) -> None:
    model = module(Affine(DIM), Told(DIM, lambda x: 0 * x.sum(1)))
    start = drawn(plain(), model, DATA, N).latent.z
    result = drawn(flow(eta=eta, gamma=gamma, n_steps=n_steps), model, DATA, N)
    moved = (result.latent.z - start).double()
    variance = 2 * eta * gamma * n_steps
    assert abs(moved.var().item() - variance) < 4.5 * variance * (2 / moved.numel()) ** 0.5
    assert abs(moved.mean().item()) < 4.5 * (variance / moved.numel()) ** 0.5
    # and it knows nothing of where it starts
    assert abs((moved * start).mean().item()) < 4.5 * (variance / moved.numel()) ** 0.5


def test_the_flow_of_a_bowl_goes_to_its_centre() -> None:
    # d = -|x|^2 / 2: z shrinks by 1 - eta a step, towards a variance of 2 eta gamma / (1 - (1 - eta)^2).
    model = module(Affine(DIM), Told(DIM, lambda x: -x.square().sum(1) / 2))
    eta, gamma = 0.2, 0.5
    z = drawn(flow(eta=eta, gamma=gamma, n_steps=60), model, DATA, N).latent.z.double()
    variance = 2 * eta * gamma / (1 - (1 - eta) ** 2)
    assert abs(z.var().item() - variance) < 4.5 * variance * (2 / z.numel()) ** 0.5


def test_how_far_codes_drifted_is_reported() -> None:
    result = drawn(flow(n_steps=25), linear(), DATA, 500)
    assert result.report["z2"] == pytest.approx(result.latent.z.square().mean().item())
    assert result.report["z2"] > 2
    assert len(result.path) == 11
    assert result.stats["generator_evaluations"] == 500 * (2 * 25 + 1)


def test_what_leaves_the_finite_is_an_error() -> None:
    model = module(Affine(DIM), Told(DIM, lambda x: x.pow(4).sum(1)))
    with pytest.raises(SamplingNumericsError, match=r"at step \d+ of 25: lower sampler\.eta"):
        drawn(flow(n_steps=25, eta=1.0), model, DATA, 50)


@pytest.mark.parametrize("wrong", [{"calibration": "isotonic"}, {"eta": 0.0}, {"gamma": -1.0}, {"n_steps": 0}])
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"isotonic|must"):
        flow(**wrong)

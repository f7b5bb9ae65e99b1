"""Variants learn: in seconds, on eight Gaussians, from three seeds."""

from typing import Any

import pytest
import torch

from gan_lab.metric.earth_mover import earth_mover_distance
from tests.training import fit, ring

POINTS = 500
MIXTURE = ("model.prior.dim=16", "optimizer.lr=0.001", "model.critic.dropout=0")
SOFT = ("model.prior.dim=2", "optimizer.lr=0.001", "model.penalties.gradient.weight=0.1")
SETTINGS: dict[str, tuple[int, tuple[str, ...]]] = {
    "wgan_gp": (300, ("optimizer.lr=0.001", "model.penalties.gradient.weight=1")),
    "wgan_div": (150, ("optimizer.lr=0.002",)),
    "ct_gan": (200, ("optimizer.lr=0.002", "model.penalties.gradient.weight=1")),
    "bwgan": (150, ("optimizer.lr=0.002",)),
    "dragan": (400, ("optimizer.lr=0.001", "model.penalties.dragan.weight=1", "model.n_critic=3")),
    "gan_r1": (400, ("optimizer.lr=0.001",)),
    "r3gan": (400, ("optimizer.lr=0.001",)),
    "wgan_qc": (
        1000,
        (
            *("model.ema_decay=0.99", "optimizer.betas=[0.5,0.9]", "model.optimizers.critic.lr=0.002"),
            *("model.optimizers.generator.lr=0.0005", "model.penalties.transport_gradient.weight=0.02"),
        ),
    ),
    "ebgan": (
        800,
        (
            *("model.ema_decay=0.99", "optimizer.lr=0.0005", "model.penalties.pull_away.weight=1"),
            *("model.pretraining_epochs=0.1", "model.loss.relative=false", "model.loss.margin=0.05"),
        ),
    ),
    "began": (
        1000,
        (
            *("model.ema_decay=0.99", "optimizer.lr=0.0005", "penalty=[pull_away]"),
            *("model.penalties.pull_away.weight=1", "model.loss.gain=1", "model.loss.diversity=0.9"),
        ),
    ),
    "mmgan": (400, ("penalty=[r1]", "model.prior.components=8", "model.prior.dim=2", "optimizer.lr=0.002")),
    "gmgan_static": (600, MIXTURE),
    "gmgan_dynamic": (600, MIXTURE),
    "gmgan_static_r1": (600, MIXTURE),
    "gmgan_unsupervised": (600, ("penalty=[r1]", "model.prior.dim=2", *MIXTURE[1:])),
    "gmgan_static_wgan_gp": (300, SOFT),
    "gmgan_supervised_wgan_gp": (300, ("model.prior.dim=16", "model.prior.std=0.3", *SOFT[1:])),
    "cgan_wgan_gp": (300, SOFT),
}
"""By variant: generator steps, and what differs from its yaml, which is made for images."""


def generated(model: Any) -> torch.Tensor:
    """Points of the averaged generator, the same codes each time."""
    latent = model.averaged_prior.sample(POINTS, torch.Generator().manual_seed(0))
    with torch.no_grad():
        return model.averaged_generator.eval()(latent.z, latent.component)


@pytest.mark.slow
@pytest.mark.parametrize("variant", sorted(SETTINGS))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_learns_the_ring(build_model: Any, variant: str, seed: int) -> None:
    """The exact earth mover's distance falls to half of the start's, and below that of the best single point."""
    steps, overrides = SETTINGS[variant]
    model = build_model(f"model={variant}", "data=ring", f"seed={seed}", *overrides)
    real = ring().validation.values[:POINTS]
    before = earth_mover_distance(generated(model), real)
    fit(model, rounds=steps)
    after = earth_mover_distance(generated(model), real)
    single = earth_mover_distance(real.mean(0).expand_as(real), real)  # the ring's middle is nearest to all of it
    assert after <= before / 2, (before, after)
    assert after < single, (single, after)

"""Variants learn: in seconds, on eight Gaussians, from one seed or, at night, from three."""

from collections.abc import Iterable
from typing import Any

import pytest
import torch

from gan_lab.build import build
from gan_lab.images import to_uint8
from gan_lab.metric.earth_mover import earth_mover_distance
from gan_lab.metric.frechet import frechet_distance, moments
from tests.config.test_conf import options
from tests.short_runs import fit, ring, trainer

POINTS = 500
MIXTURE = ("model.prior.dim=16", "optimizer.lr=0.001", "model.critic.dropout=0")
SOFT = ("model.prior.dim=2", "optimizer.lr=0.001", "model.penalties.gradient.weight=0.1")
SCALAR = ("model.prior.dim=2", "optimizer.lr=0.0005", "optimizer.betas=[0.0,0.9]")
SETTINGS: dict[str, tuple[int, tuple[str, ...]]] = {
    **dict.fromkeys(("gan", "gan_minimax", "lsgan", "hinge", "fgan", "rsgan", "ragan"), (1000, SCALAR)),
    "sngan": (300, ("optimizer.lr=0.001",)),
    "wgan": (600, ("model.prior.dim=2", "optimizer.lr=0.0005", "model.constraints.weight_clipping.limit=0.05")),
    "wgan_lp": (300, ("optimizer.lr=0.001",)),
    "loss_sensitive": (1000, (*SCALAR, "model.loss.tau=0.5")),
    "wgan_gp": (300, ("optimizer.lr=0.001", "model.penalties.gradient.weight=1")),
    "wgan_div": (150, ("optimizer.lr=0.002",)),
    "ct_gan": (200, ("optimizer.lr=0.002", "model.penalties.gradient.weight=1")),
    "bwgan": (150, ("optimizer.lr=0.002",)),
    "mmd_gan": (150, ("optimizer.lr=0.002",)),
    "cramer_gan": (150, ("optimizer.lr=0.002", "model.loss.features=16", "model.penalties.gradient.weight=1")),
    "dragan": (400, ("optimizer.lr=0.001", "model.penalties.dragan.weight=1", "model.n_critic=3")),
    "gan_r1": (400, ("optimizer.lr=0.001",)),
    "r3gan": (400, ("optimizer.lr=0.001",)),
    "wgan_qc": (
        800,
        (
            *(
                "model.ema_decay=0.99",
                "optimizer.betas=[0.5,0.9]",
                "model.optimizers.critic.lr=0.002",
                "model.n_critic=2",
            ),
            *("model.optimizers.generator.lr=0.0005", "model.penalties.transport_gradient.weight=0.02"),
        ),
    ),
    "flow_matching": (800, ("optimizer.lr=0.003",)),
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
    "optimistic": (500, ("optimizer.lr=0.001", "model.penalties.gradient.weight=1")),
    "consensus": (300, ("optimizer.lr=0.001", "model.prior.dim=2", "model.gamma=1")),
    "unrolled": (300, ("optimizer.lr=0.001", "model.prior.dim=2", "model.steps_ahead=3")),
    "extragradient": (
        200,
        ("loss=non_saturating", "penalty=[r1]", "optimizer.lr=0.003", "optimizer.betas=[0.5,0.9]", "model.prior.dim=2"),
    ),
    "mmgan": (400, ("penalty=[r1]", "model.prior.components=8", "model.prior.dim=2", "optimizer.lr=0.002")),
    "infogan": (300, ("penalty=[r1]", "model.prior.components=8", "model.prior.dim=4")),
    "gmgan_static": (600, MIXTURE),
    "gmgan_dynamic": (600, MIXTURE),
    "gmgan_static_r1": (600, MIXTURE),
    "gmgan_unsupervised": (600, ("penalty=[r1]", "model.prior.dim=2", *MIXTURE[1:])),
    "gmgan_static_wgan_gp": (300, SOFT),
    "gmgan_supervised_wgan_gp": (300, ("model.prior.dim=16", "model.prior.std=0.3", *SOFT[1:])),
    "cgan_wgan_gp": (300, SOFT),
}
"""By variant: generator steps, and what differs from its yaml, which is made for images."""

ADD_ONS = {
    "feature matching": ("loss=feature_matching",),
    "feature matching beside the loss": ("penalty=[feature_matching]",),
    "minibatch stddev": ("model.critic.batch_statistics=stddev",),
    "minibatch discrimination": ("model.critic.batch_statistics=discrimination",),
    "PacGAN": ("model.packing=2",),
    "top-k": ("model.top_k.share=0.5", "model.top_k.decay=0.1"),
}
"""What differs from `gan`."""


QUICKEST = ("gan_r1",)
BY_A_TERM = {
    *("gan", "gan_minimax", "hinge", "lsgan", "rsgan", "ragan", "fgan", "loss_sensitive"),
    *("wgan_lp", "wgan_div", "bwgan", "cramer_gan", "cgan_wgan_gp"),
    *("gmgan_static", "gmgan_static_r1", "gmgan_unsupervised", "gmgan_static_wgan_gp", "gmgan_supervised_wgan_gp"),
    *("feature matching", "feature matching beside the loss", "minibatch discrimination", "minibatch stddev"),
}
"""What differs from another one here by a term alone, which has tests of its own: tried at night."""
SLOW, NIGHTLY = pytest.mark.slow, pytest.mark.nightly


def cases(names: Iterable[str]) -> list[Any]:
    """Each with seed 1, at night with two more."""
    return [
        pytest.param(name, seed, marks=[SLOW] * (name not in QUICKEST) + [NIGHTLY] * (seed > 1 or name in BY_A_TERM))
        for name in names
        for seed in (1, 2, 3)
    ]


def generated(model: Any, n: int = POINTS) -> torch.Tensor:
    """Samples of the averaged generator, the same codes each time."""
    latent = model.averaged_prior.sample(n, torch.Generator().manual_seed(0))
    with torch.no_grad():
        return model.averaged_generator.eval()(latent.z, latent.component)


def test_every_variant_is_here() -> None:
    assert SETTINGS.keys() == set(options("model"))


@pytest.mark.parametrize(("variant", "seed"), cases(sorted(SETTINGS)))
def test_learns_the_ring(build_model: Any, variant: str, seed: int) -> None:
    steps, overrides = SETTINGS[variant]
    learns(build_model(f"model={variant}", "data=ring", f"seed={seed}", *overrides), steps)


@pytest.mark.parametrize(("add_on", "seed"), cases(ADD_ONS))
def test_learns_the_ring_with(build_model: Any, add_on: str, seed: int) -> None:
    learns(build_model("model=gan", "data=ring", f"seed={seed}", *SCALAR, *ADD_ONS[add_on]), 1000)


@pytest.mark.parametrize(("name", "seed"), cases(["bwgan"]))
def test_a_norm_of_images_learns_the_digits(composed: Any, name: str, seed: int) -> None:
    """The same with FID: to half of the start's, and below that of the best single image, the mean of all or one."""
    small = ("model.generator.hidden=[128,128]", "model.critic.hidden=[128,128]", "optimizer.lr=0.002")
    config = composed(f"model={name}", "sobolev.s=-1.5", f"seed={seed}", "metric=mnistcnn_v1", *small)
    torch.manual_seed(0)
    model, data = build(config["model"], "model"), build(config["data"], "data")
    extractor = build(config["metric"]["extractor"], "extractor").eval()
    data.setup()
    real = data.validation.values
    reference = moments(extractor(real))

    def fid(images: torch.Tensor) -> float:
        found = moments(extractor(images))
        covariance = found["factor"] @ found["factor"].T
        return frechet_distance(reference["centre"], reference["factor"], found["centre"], covariance).item()

    before = fid(to_uint8(generated(model, len(real))))
    model.run_length = 250
    trainer().fit(model, datamodule=data)
    after = fid(to_uint8(generated(model, len(real))))
    mean = real.float().mean(0, keepdim=True).round().to(torch.uint8)
    single = min(fid(image.expand_as(real)) for image in (mean, real[:1]))
    assert after <= before / 2, (before, after)
    assert after < single, (single, after)


def learns(model: Any, steps: int) -> None:
    """The exact earth mover's distance falls to half of the start's, and below that of the best single point."""
    real = ring().validation.values[:POINTS]
    before = earth_mover_distance(generated(model), real)
    fit(model, rounds=steps)
    after = earth_mover_distance(generated(model), real)
    single = earth_mover_distance(real.mean(0).expand_as(real), real)  # the ring's middle is nearest to all of it
    assert after <= before / 2, (before, after)
    assert after < single, (single, after)

"""The samplers that are measured, their models and numbers of samples, and the folder of each evaluation."""

from collections.abc import Sequence
from pathlib import Path

N = 2_000
"""The number of samples at which every sampler is measured with several sampling seeds."""
TEST, VALIDATION = "test", "validation"
SEVERAL = ("repeats=10", "recalibrate=true")
"""Ten sampling seeds, with the samplers calibrated again for each."""
SMALL = {split: (f"n={N}", *SEVERAL, f"metric.split={split}") for split in (VALIDATION, TEST)}
"""Validation images choose among the settings of a sampler, and test images report them."""

TRAINING = {
    "gan": ("model=gan", "data=mnist", "epochs=20"),
    "wgan_gp": ("model=wgan_gp", "data=mnist", "epochs=20"),
    "gmgan_dynamic": ("model=gmgan_dynamic", "data=mnist", "epochs=20"),
    "grid": (
        *("model=wgan_gp", "data=grid", "epochs=60"),
        *("model.prior.dim=2", "model.penalties.gradient.weight=0.1"),
    ),
}
LATENT = ("latent_reweighting", "latent_ascent", "latent_reweighting_ascent")
CHEAP = (
    "direct",
    *(f"truncated sampler.t={t}" for t in (2.0, 1.5, 1.0, 0.5)),
    "sir",
    "dot",
    "dgflow",
    "confidence",
    "batch_inception_score",
    *LATENT,
    "drs sampler.m_quantile=0.999",
    "drs",
)
EXPENSIVE = ("mh", "ddls", "ddls sampler.eps=0.05", "ddls sampler.mala=true sampler.eps=0.05")
MIXTURE = (
    *(f"sigma_scaled sampler.tau={tau}" for tau in (0.25, 0.5, 0.75, 1.25, 1.5)),
    *(f"{sampler} sampler.weights.lambda_norm=100" for sampler in LATENT),
)
"""Samplers for the dynamic mixture. Its critic's class scores are large, so the default lambda_norm is too small."""
ENERGY = ("ddls sampler.calibration=energy",)
GRID = (
    *("direct", "drs", "sir", "mh", "ddls sampler.n_steps=400", "ddls sampler.n_steps=400 sampler.mala=true"),
    *("dot", "dgflow", "latent_reweighting"),
    *(f"latent_{kind} sampler.weights.lambda_norm=1" for kind in ("reweighting", "ascent")),
)
BATCHES = (
    "direct",
    *(
        f"batch_inception_score sampler.images_per_batch={size} sampler.quantile={quantile}"
        for size in (100, 1000)
        for quantile in (0.59, 0.72)
    ),
)
"""Rejection of batches at acceptance rates that we infer for the thresholds of source document 003, 0.41 above 5.4 and
0.28 above 5.45: its scores would be normal with a mean of 5.37, and those above 5.4 average 5.50."""

Job = tuple[str, tuple[str, ...]]
"""A sampler with its settings, and the other arguments of the command."""


def plan(part: str) -> list[Job]:
    """Returns the evaluations of a trained model, in the order of the tables."""
    if part == "grid":
        return [(sampler, ("n=10000", "data=grid")) for sampler in GRID]
    mine = {"gmgan_dynamic": MIXTURE, "wgan_gp": ENERGY}.get(part, ())
    large: list[Job] = [(sampler, ("n=10000",)) for sampler in (*CHEAP, *(mine if part == "gmgan_dynamic" else ()))]
    small: list[Job] = [(sampler, rest) for rest in SMALL.values() for sampler in (*CHEAP, *mine, *EXPENSIVE)]
    claim: list[Job] = [
        (sampler, (f"n={n}", *SEVERAL))
        for n in (100, 1000, 10000)
        for sampler in BATCHES
        if not (n == 100 and "batch=1000" in sampler)
    ]
    return large + small + (claim if part == "wgan_gp" else [])


def folder_of(runs: Path, part: str, sampler: str, rest: Sequence[str]) -> Path:
    """Returns the folder of an evaluation."""
    return runs / "evaluations" / part / "_".join([*sampler.split(), *rest]).replace("sampler.", "").replace("=", "-")

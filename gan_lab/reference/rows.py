"""The rows of the table: what they are called, what they say, and which run belongs to which."""

from functools import cache
from typing import Any

from omegaconf import OmegaConf

from gan_lab.cli.conf_dir import CONF_DIR, register_resolvers
from gan_lab.reference.composed import configurations
from gan_lab.runs.resume import leaves

Settings = dict[str, Any]

DECISIVE = (
    *("model.", "data.", "epochs", "generator_steps"),
    *("callbacks.evaluation.times", "callbacks.evaluation.n", "metric.monitor"),
)
"""Values that decide what is trained and which checkpoint is the best. How it is measured is its protocol's matter."""
SEEDS = (".seed", ".means_seed")

TUNED = {
    "tuned_wgan": "wgan_20_epochs",
    "tuned_wgan_gp": "wgan_gp_20_epochs",
    "tuned_gmgan_static": "gmgan_static",
    "tuned_gmgan_wgan_gp": "gmgan_wgan_gp_std_2.0",
    "tuned_mmgan": "mmgan",
    "tuned_began": "began",
    "tuned_ct_gan": "ct_gan",
}
"""Recipes that a search found, and the row that each belongs to."""

REPORTED = {
    "gan_d200": "27.73 (.52 / .20), 001",
    "wgan_50_epochs": "69.8, 003; 70, 004",
    "wgan_gp_100_epochs": "35.5 (.45 / .27), 003 and 004",
    "gmgan_static": "258.6, 001, K 11",
    "gmgan_wgan_gp_std_1.0": "110.5, 001",
    "gmgan_dynamic": "15.67 (.55 / .29), 001",
}
"""FID (precision / recall) of the source documents, with their numbers."""


@cache
def rows() -> dict[str, tuple[str, ...]]:
    """The command line of each row, by its name: the experiment's, or the model's whose yaml it is as it stands."""
    listed = OmegaConf.load(CONF_DIR / "experiment" / "table.yaml").hydra.sweeper.experiments
    lines = [tuple(f"experiment={words}".split()) for words in listed]
    return {line[-1].partition("=")[2]: line for line in lines}


def compared(name: str) -> bool:
    """Whether a row is the documents', ours, or what these are compared with; the others are models as they come."""
    of = TUNED.get(name, name)
    return rows()[of] == (f"experiment={of}",) or of in REPORTED or of in ("gan", "wgan_gp", "mmgan")


def seeds(name: str) -> tuple[int, ...]:
    """What the table wants of a row."""
    return (1, 2, 3) if compared(name) and name not in TUNED else (1,)


@cache
def wanted_settings() -> dict[str, Settings]:
    """Of every row, as the configuration has it now."""
    register_resolvers()
    lines = rows()
    return dict(zip(lines, map(settings, configurations(lines.values())), strict=True))


def settings(config: dict[str, Any]) -> Settings:
    """What a run's resolved configuration says of its training, but for the seed."""
    return {key: value for key, value in leaves(config) if key.startswith(DECISIVE) and not key.endswith(SEEDS)}


def same(one: Settings, other: Settings) -> bool:
    """Whether both train the same.

    An option that one of them does not know, since another version wrote it, is no difference; another part is.
    """
    shared = one.keys() & other.keys()
    return parts(one) == parts(other) and all(one[key] == other[key] for key in shared)


def parts(of: Settings) -> set[str]:
    return {key for key in of if key.endswith("_target_")}


def row_of(found: Settings, wanted: dict[str, Settings]) -> str | None:
    """The name of the row that a run belongs to, if any."""
    return next((name for name, settings in wanted.items() if same(found, settings)), None)

"""The settings that determine what a run trains, and so the row of the table that it belongs to."""

from functools import cache

from gan_lab.config.compose import compose_config
from gan_lab.reference.rows import rows
from gan_lab.runs.resume import leaves

Settings = dict[str, object]

DECISIVE = (
    *("model.", "data.", "epochs", "generator_steps"),
    *("callbacks.evaluation.times", "callbacks.evaluation.n", "metric.monitor"),
)
"""Keys whose values determine what is trained and which checkpoint is best. How it is measured is in the protocol."""
SEEDS = (".seed", ".means_seed")


@cache
def wanted_settings() -> dict[str, Settings]:
    """Returns the present settings of every row, from the configuration."""
    return {name: settings(compose_config(*line)) for name, line in rows().items()}


def settings(config: dict[str, object]) -> Settings:
    """Returns the settings of training in a run's resolved configuration, without the seed."""
    return {key: value for key, value in leaves(config) if key.startswith(DECISIVE) and not key.endswith(SEEDS)}


def same(one: Settings, other: Settings) -> bool:
    """Returns whether both settings train the same.

    An option that only one of them has, since another version wrote it, is ignored; a part that only one has is not.
    """
    shared = one.keys() & other.keys()
    return parts(one) == parts(other) and all(one[key] == other[key] for key in shared)


def parts(of: Settings) -> set[str]:
    """Returns the keys of all parts, which have a `_target_`."""
    return {key for key in of if key.endswith("_target_")}


def row_of(found: Settings, wanted: dict[str, Settings]) -> str | None:
    """Returns the name of the row that a run belongs to, if any."""
    return next((name for name, settings in wanted.items() if same(found, settings)), None)

"""What decides what a run trains, and which row of the table a run therefore belongs to."""

from functools import cache

from gan_lab.cli.compose import compose_config
from gan_lab.reference.rows import rows
from gan_lab.runs.resume import leaves

Settings = dict[str, object]

DECISIVE = (
    *("model.", "data.", "epochs", "generator_steps"),
    *("callbacks.evaluation.times", "callbacks.evaluation.n", "metric.monitor"),
)
"""Keys whose values decide what is trained and which checkpoint is the best. The protocol says how it is measured."""
SEEDS = (".seed", ".means_seed")


@cache
def wanted_settings() -> dict[str, Settings]:
    """Return the settings of every row as the configuration has it now."""
    return {name: settings(compose_config(*line)) for name, line in rows().items()}


def settings(config: dict[str, object]) -> Settings:
    """Return what a run's resolved configuration says of its training, without the seed."""
    return {key: value for key, value in leaves(config) if key.startswith(DECISIVE) and not key.endswith(SEEDS)}


def same(one: Settings, other: Settings) -> bool:
    """Return whether both train the same.

    An option that one of them does not know, since another version wrote it, makes no difference; another part does.
    """
    shared = one.keys() & other.keys()
    return parts(one) == parts(other) and all(one[key] == other[key] for key in shared)


def parts(of: Settings) -> set[str]:
    """Return the keys of the classes that are built."""
    return {key for key in of if key.endswith("_target_")}


def row_of(found: Settings, wanted: dict[str, Settings]) -> str | None:
    """Return the name of the row that a run belongs to, if any."""
    return next((name for name, settings in wanted.items() if same(found, settings)), None)

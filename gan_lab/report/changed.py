"""The settings of a run that its variant's yaml does not have. Imports no torch."""

from typing import Any

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from gan_lab.compare.columns import TARGET, shown
from gan_lab.compare.differing import differing
from gan_lab.compare.settings import Settings, settings_of
from gan_lab.config.choices import choices
from gan_lab.config.compose import compose_config

NOT_SET = "not set"


def changed_settings(config: dict[str, Any]) -> list[list[str]] | None:
    """Returns the name, the value of the variant's yaml and that of the run for each thing in which they differ.

    The yaml is that of this version, on the run's data set. An option that only one of the two has, because another
    version wrote it, does not count; a part that only one has does. None where there is no such variant or data set.
    """
    variant, dataset = config.get("variant"), config.get("dataset")
    if variant not in choices("model") or dataset not in choices("data"):
        return None
    try:
        of_yaml = settings_of(compose_config(f"model={variant}", f"data={dataset}"))
    except (HydraException, OmegaConfBaseException):
        return None
    here = settings_of(config)
    things = [name.split(" for ") for name in differing(here, of_yaml)]
    rows = [[thing[0], value(of_yaml, thing[-1]), value(here, thing[0])] for thing in things]
    return [row for row in rows if NOT_SET not in row or is_part(row[0], here) or is_part(row[0], of_yaml)]


def is_part(name: str, settings: Settings) -> bool:
    """Returns whether the name is that of an object, and not of an option."""
    return name + TARGET in settings


def value(settings: Settings, name: str) -> str:
    """Returns a setting in the form that a user writes, a part by its class."""
    if is_part(name, settings):
        return str(settings[name + TARGET]).rpartition(".")[2]
    return shown(settings[name]) if name in settings else NOT_SET

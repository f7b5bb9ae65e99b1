"""Checks a composed configuration before torch is imported."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import InterpolationToMissingValueError

from gan_lab.checks.effect import given, refuse_without_effect
from gan_lab.checks.idle import refuse_idle
from gan_lab.checks.objects import check_objects, origin
from gan_lab.config.plain_values import as_hydra_config, plain
from gan_lab.domains import conform
from gan_lab.errors import GanLabError


def check_composed(
    config: DictConfig,
    overrides: Sequence[str],
    used: Mapping[str, Any],
    idle: Sequence[str] = (),
    search: bool = False,
) -> None:
    """Raises GanLabError for a value of the wrong type or range, an unknown option, or an override without effect.

    `used` names the keys that a command uses, with the type of each; Any for configurations of objects. `idle` names
    groups that it has for the sake of others alone. In a `search`, values may be idle in some of its runs.
    """
    raw: Any = OmegaConf.to_container(config, resolve=False)

    def named(path: str) -> str:
        return origin(raw, path)

    refuse_no_folder(config)
    with config_of_hydra(config):
        objects: dict[str, Any] = {}
        for key, hint in used.items():
            if OmegaConf.is_missing(config, key):
                raise GanLabError(f"{key} is missing: give it with {key}=VALUE")
            value = resolved(config, key)
            if hint is Any:
                check_objects(value, key, named)
                objects[key] = value
            else:
                conform(value, hint, named(key))
        refuse_without_effect(config, overrides, [*used], idle)
        words = {} if search else given(overrides)
        for key, value in objects.items():
            refuse_idle(value, key, words, named)


def resolved(config: DictConfig, key: str) -> Any:
    """Returns the value of a key. Raises GanLabError where it follows from one that is missing."""
    try:
        return plain(OmegaConf.select(config, key))
    except InterpolationToMissingValueError as error:
        missing = str(error).splitlines()[0].rpartition(" ")[2]
        raise GanLabError(f"{missing} is missing: give it with {missing}=VALUE") from error


def refuse_no_folder(config: DictConfig) -> None:
    """Raises GanLabError where the folder of a run, or of several, has no name: its files would lie about."""
    hydra: Any = config.hydra if "hydra" in config else HydraConfig.get()
    for part in ("run", "sweep"):
        if not OmegaConf.to_container(hydra[part], resolve=False)["dir"]:  # type: ignore[index, call-overload]
            raise GanLabError(f"hydra.{part}.dir is empty: give it a folder")


def config_of_hydra(config: DictConfig) -> AbstractContextManager[None]:
    """Lets `${hydra:...}` mean the configuration's own part meanwhile, where it has one: while a job runs, it is
    set."""
    return as_hydra_config(config) if "hydra" in config else nullcontext()

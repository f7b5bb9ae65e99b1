"""Checks a composed configuration before torch is imported."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.effect import plain, refuse_without_effect
from gan_lab.checks.objects import check_objects, origin
from gan_lab.domains import conform
from gan_lab.errors import GanLabError


def check_composed(
    config: DictConfig, overrides: Sequence[str], used: Mapping[str, Any], idle: Sequence[str] = ()
) -> None:
    """Raises GanLabError for a value of the wrong type or range, an unknown option, or an override without effect.

    `used` names the keys that a command uses, with the type of each; Any for configurations of objects. `idle` names
    groups that it has for the sake of others alone.
    """
    raw: Any = OmegaConf.to_container(config, resolve=False)

    def named(path: str) -> str:
        return origin(raw, path)

    with as_hydra_config(config) if "hydra" in config else nullcontext():  # while a job runs, it is set
        for key, hint in used.items():
            if OmegaConf.is_missing(config, key):
                raise GanLabError(f"{key} is missing: give it with {key}=VALUE")
            value = plain(OmegaConf.select(config, key))
            if hint is Any:
                check_objects(value, key, named)
            else:
                conform(value, hint, named(key))
        refuse_without_effect(config, overrides, [*used], idle)


@contextmanager
def as_hydra_config(config: DictConfig) -> Iterator[None]:
    """Lets `${hydra:...}` mean this configuration's own part meanwhile."""
    instance = HydraConfig.instance()
    before = instance.cfg
    instance.cfg = config  # type: ignore[assignment]  # set_config would copy it
    try:
        yield
    finally:
        instance.cfg = before

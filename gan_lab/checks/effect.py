"""Refuses what changes nothing: an override of a key that no part of the run uses."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from gan_lab.config.plain_values import plain
from gan_lab.errors import GanLabError

USERS = {
    "autoencoder": "model=ebgan and model=began use it",
    "flow": "model=flow_matching uses it",
    "sobolev": "loss=banach_wasserstein and penalty=[sobolev] use it",
    "search": "only a search uses it, -m sweep=search or -m experiment=search",
    "study": "only a study uses it, -m experiment=study",
    "optimizer": "an option of one player's optimizer is +model.optimizers.critic.OPTION=VALUE",
    "schedule": "schedule=linear, cosine or warm_up use it",
    "metric": "callbacks.evaluation uses it in a training",
    "sampler": "callbacks.evaluation uses it in a training",
}
"""Who uses the parts of a configuration that are there for others to refer to."""


def refuse_without_effect(
    config: DictConfig, overrides: Sequence[str], used: Sequence[str], idle: Sequence[str] = ()
) -> None:
    """Raises GanLabError for an override that leaves the values of all `used` keys as they are, or chooses from an
    `idle` group.

    Whether another value would change one of them is tried out, so that it does not matter how the one refers to the
    other. Overrides of the used keys themselves are left to the check of their values.
    """
    before: Mapping[str, Any] | None = None
    for override in (OverridesParser.create().parse_override(text) for text in overrides):
        key = override.key_or_group if override.package is None else override.package
        if key in idle:
            raise GanLabError(f"{override.input_line} does nothing here, since no part in use depends on {key}=")
        if override.is_hydra_override() or override.is_delete() or within(key, used) or is_no_part(override, config):
            continue
        before = before or resolved(config, used)
        if before is not None and before == resolved(with_another(config, key), used):
            why = f": {USERS[key.partition('.')[0]]}" if key.partition(".")[0] in USERS else ""
            raise GanLabError(f"{override.input_line} does nothing here, since no part in use takes {key}{why}")


def given(overrides: Sequence[str]) -> dict[str, str]:
    """Returns the words of a command line by the keys that they set."""
    parsed = (OverridesParser.create().parse_override(text) for text in overrides)
    return {one.key_or_group: str(one.input_line) for one in parsed if one.package is None and not one.is_delete()}


def within(key: str, used: Sequence[str]) -> bool:
    """Returns whether a key belongs to the used ones, or holds one of them."""
    return any(f"{key}.".startswith(f"{one}.") or one.startswith(f"{key}.") for one in used)


def is_no_part(override: Override, config: DictConfig) -> bool:
    """Returns whether an override chooses from a group whose name no part of the configuration has."""
    return override.package is None and override.key_or_group.partition(".")[0] not in config


def with_another(config: DictConfig, key: str) -> DictConfig:
    """Returns the configuration with another value of the key."""
    changed = copy.deepcopy(config)
    with open_dict(changed):
        OmegaConf.update(changed, key, another(OmegaConf.select(config, key, throw_on_missing=False)), merge=False)
    return changed


def another(value: Any) -> Any:
    """Returns a value of the same kind that differs from the given one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return -value or 1  # differs for 1e30 and for infinity too
    return f"{value}_" if isinstance(value, str) else {}


def resolved(config: DictConfig, used: Sequence[str]) -> Mapping[str, Any] | None:
    """Returns the values of the keys, None where they cannot be had."""
    try:
        return {key: plain(OmegaConf.select(config, key)) for key in used}
    except (OmegaConfBaseException, TypeError, ValueError, AttributeError):
        return None

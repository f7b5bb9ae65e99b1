"""Checks the values of a configuration against the constructors that it names, without importing them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from gan_lab.build import call_of, checked, options_of
from gan_lab.checks.source import source_signature
from gan_lab.trust.targets import refuse_untrusted

WHOLE = re.compile(r"\$\{([\w.]+)\}")
"""A value that is the value of another key."""


def check_objects(config: Any, path: str, named: Callable[[str], str]) -> None:
    """Raises GanLabError where `gan_lab.build.build` would, as far as the source of the constructors tells.

    `named` turns the path of a value into the key by which the user knows it.
    """
    if isinstance(config, list):
        for index, item in enumerate(config):
            check_objects(item, f"{path}[{index}]", named)
    elif isinstance(config, Mapping):
        if "_target_" in config:
            name, later = call_of(config, path)
            refuse_untrusted(name, path)
            if (signature := source_signature(name)) is not None:
                checked(signature, options_of(config), path, partial_call=later, named=named)
        for key, value in config.items():
            check_objects(value, f"{path}.{key}", named)


def origin(raw: Mapping[str, Any], path: str) -> str:
    """Returns the key that a value comes from, given the configuration with its `${...}` in it.

    `model.optimizers.critic.lr`, which is `${optimizer.lr}`, comes from `optimizer.lr`.
    """
    parts, node = path.split("."), dict[str, Any](raw)
    for index, part in enumerate(parts):
        inner = node.get(part)
        if isinstance(inner, str) and (found := WHOLE.fullmatch(inner)):
            return origin(raw, ".".join([found[1], *parts[index + 1 :]]))
        if not isinstance(inner, dict):
            break
        node = inner
    return path

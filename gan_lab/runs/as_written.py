"""What a run stores of its configuration: what comes from the environment as it was written. Imports no torch.

A configuration may take a value from the environment, `loggers.wandb.entity=${oc.env:TEAM}`, and such a value may be a
secret. It is used, but what is stored and sent elsewhere names the variable alone.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from omegaconf.resolvers import oc

from gan_lab.trust.targets import CONF_DIR

VARIABLE = re.compile(r"oc\.env:\s*(\w+)")
PLACES = ("root", "path", "cache_dir", "run_dir")
"""Paths that the project itself needs, in another process too."""


def as_written(composed: DictConfig, resolved: dict[str, Any]) -> dict[str, Any]:
    """Returns the resolved values with `${oc.env:NAME}` for each text that takes something from the environment.

    Numbers, the paths in `PLACES` and the variables that conf/ itself reads stay.
    """
    text = OmegaConf.to_yaml(composed)
    if not {*VARIABLE.findall(text)} - own_variables():
        return resolved
    with environment_as_text():
        return {key: written(composed, key, value) for key, value in resolved.items()}


def written(composed: DictConfig, path: str, value: Any) -> Any:
    """Returns a value of the configuration as it is stored."""
    if isinstance(value, dict):
        return {key: written(composed, f"{path}.{key}", item) for key, item in value.items()}
    if isinstance(value, list):
        return [written(composed, f"{path}[{index}]", item) for index, item in enumerate(value)]
    if not isinstance(value, str) or path.rpartition(".")[2] in PLACES:
        return value
    try:
        found = OmegaConf.select(composed, path)
    except (OmegaConfBaseException, ValueError, TypeError, OSError):
        return value
    return found if isinstance(found, str) and "${oc.env:" in found else value


def literal(text: str) -> str:
    """Returns a text such that OmegaConf gives it back as it is, and looks up nothing that it refers to."""
    return re.sub(r"(\\*)\$\{", r"\1\1\\${", text)


@cache
def own_variables() -> frozenset[str]:
    """Returns the variables of the environment that conf/ itself reads."""
    texts = (path.read_text(encoding="utf-8") for path in CONF_DIR.rglob("*.yaml"))
    return frozenset(name for text in texts for name in VARIABLE.findall(text))


@contextmanager
def environment_as_text() -> Iterator[None]:
    """Lets `${oc.env:NAME}` give this text meanwhile, except for the variables that conf/ itself reads."""

    def text(key: str, *default: Any) -> Any:
        return oc.env(key, *default) if key in own_variables() else f"${{oc.env:{key}}}"

    OmegaConf.register_new_resolver("oc.env", text, replace=True)
    try:
        yield
    finally:
        OmegaConf.register_new_resolver("oc.env", oc.env, replace=True)

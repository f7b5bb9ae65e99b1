"""Composes the configuration of a command line without running the command. Imports no torch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from omegaconf import DictConfig, OmegaConf

from gan_lab.config.plain_values import as_hydra_config
from gan_lab.config.resolvers import register_resolvers
from gan_lab.trust.targets import CONF_DIR


def compose_config(*overrides: str, root: str = "config", keys: Sequence[str] = ()) -> dict[str, Any]:
    """Returns the resolved values of `python -m gan_lab OVERRIDES` as plain dictionaries, without Hydra's own part.

    `root` is the yaml of another command, such as `evaluate`; `keys` names the wanted parts if others cannot be
    resolved. Composing takes a third of a second and is done once for each command line. Values are resolved again on
    every call, so that they follow changes of the environment and of files, and callers share no dictionaries.
    """
    config = composition(root, overrides)
    with as_hydra_config(config):
        wanted = OmegaConf.masked_copy(config, [*(keys or (str(key) for key in config if key != "hydra"))])
        return cast(dict[str, Any], OmegaConf.to_container(wanted, resolve=True))


@lru_cache(maxsize=512)
def composition(root: str, overrides: tuple[str, ...]) -> DictConfig:
    """Returns the configuration that Hydra composes, without resolving any value."""
    register_resolvers()
    with beside_a_command(), initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        return compose(root, ["hydra.runtime.output_dir=unused", *overrides], return_hydra_config=True)


@contextmanager
def beside_a_command() -> Iterator[None]:
    """Sets the Hydra of a command that is running aside for the block, since there is one at a time."""
    running = GlobalHydra.instance()
    before, running.hydra = running.hydra, None
    try:
        yield
    finally:
        running.hydra = before

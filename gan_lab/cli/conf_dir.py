"""Where the configuration lies, and the functions that its files call. Imports no torch: `--help` answers at once."""

import os
from collections.abc import Sequence
from netrc import NetrcParseError, netrc
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from omegaconf import OmegaConf

from gan_lab.data.folder_classes import count_subfolders
from gan_lab.sweep.swept import sweep_name

PACKAGE = Path(__file__).parent.parent
CONF_DIR = next(path for path in (PACKAGE / "conf", PACKAGE.parent / "conf") if (path / "config.yaml").is_file())
"""Inside the package in a wheel, beside it in a checkout."""


def wandb_offline() -> bool:
    """True unless W&B would find a key: in WANDB_API_KEY, or where `wandb login` puts it."""
    if os.environ.get("WANDB_API_KEY"):
        return False
    import wandb  # takes a moment, and knows which server it talks to

    server = urlsplit(os.environ.get("WANDB_BASE_URL") or wandb.Settings().base_url).netloc
    try:
        keys = netrc(os.environ.get("NETRC"))
    except (FileNotFoundError, NetrcParseError, PermissionError):
        return True
    return not any(keys.authenticators(host) for host in (server, "api.wandb.ai"))


def changed(node: Any, *keys_and_values: Any) -> dict[str, Any]:
    """A copy of a part of the configuration with some values of its own: key, value, key, value."""
    own = dict(zip(keys_and_values[::2], keys_and_values[1::2], strict=True))
    return {key: plain(value) for key, value in (plain(node) | own).items()}


def plain(value: Any) -> Any:
    """A part of the configuration as dictionaries and lists."""
    return OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value


def packed_shape(shape: Sequence[int], size: int) -> list[int]:
    """The shape of so many samples stacked along their first axis."""
    return [shape[0] * size, *shape[1:]]


def register_resolvers() -> None:
    """Makes `${subfolders:path}`, `${wandb_offline:}` and those below known to the yaml files."""
    OmegaConf.register_new_resolver("subfolders", count_subfolders, replace=True)
    OmegaConf.register_new_resolver("wandb_offline", wandb_offline, replace=True)
    OmegaConf.register_new_resolver("sweep_name", sweep_name, replace=True)
    OmegaConf.register_new_resolver("one_more", lambda number: number + 1, replace=True)
    OmegaConf.register_new_resolver("changed", changed, replace=True)
    OmegaConf.register_new_resolver("packed", packed_shape, replace=True)

"""The functions that the files of conf/ call. Imports no torch, so that `--help` is fast."""

import os
from collections.abc import Sequence
from math import prod
from netrc import NetrcParseError, netrc
from typing import Any
from urllib.parse import urlsplit

from omegaconf import OmegaConf

from gan_lab.config.choices import listing
from gan_lab.config.file_hash import sha256
from gan_lab.config.plain_values import plain
from gan_lab.config.run_name import run_name
from gan_lab.config.swept import sweep_name
from gan_lab.data.folder_classes import count_subfolders
from gan_lab.data.folder_shape import folder_shape
from gan_lab.data.point_file import count_labels
from gan_lab.trust.targets import CONF_DIR


def wandb_offline() -> bool:
    """Returns whether W&B would find no key, neither in WANDB_API_KEY nor where `wandb login` stores it."""
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
    """Returns a copy of a part of the configuration with some values replaced, given as key, value, key, value."""
    own = dict(zip(keys_and_values[::2], keys_and_values[1::2], strict=True))
    return {key: plain(value) for key, value in (plain(node) | own).items()}


def packed_shape(shape: Any, size: Any) -> Any:
    """Returns the shape of `size` samples stacked along their first axis.

    What is no shape and what is no size is left to the check of these options.
    """
    known = isinstance(shape, Sequence) and isinstance(size, int) and len(shape) > 0
    return [shape[0] * size, *shape[1:]] if known else shape


def code_scores(components: Any, continuous: Any) -> Any:
    """Returns the number of scores that find a categorical code and continuous ones, of a mean and a deviation each.

    What is no number is left to the check of these options.
    """
    known = isinstance(components, int) and isinstance(continuous, int)
    return components + 2 * continuous if known else components


def numbers_of(shape: Any) -> Any:
    """Returns how many numbers a sample of this shape has. What is no shape is left to the check of the option."""
    known = isinstance(shape, Sequence) and all(isinstance(side, int) for side in shape)
    return prod(shape) if known else shape


def register_resolvers() -> None:
    """Registers `${subfolders:path}`, `${wandb_offline:}` and the others below, for use in yaml files.

    Lists and dictionaries become parts of the configuration, without which `--cfg job --resolve` could not show them.
    """
    # Cached in each configuration: networks ask for the shape again and again, and a folder may hold 100,000 files.
    OmegaConf.register_new_resolver("subfolders", count_subfolders, replace=True, use_cache=True)
    OmegaConf.register_new_resolver(
        "folder_shape", lambda *given: OmegaConf.create(folder_shape(*given)), replace=True, use_cache=True
    )
    OmegaConf.register_new_resolver("point_labels", count_labels, replace=True, use_cache=True)
    OmegaConf.register_new_resolver("sha256", sha256, replace=True)
    OmegaConf.register_new_resolver("wandb_offline", wandb_offline, replace=True)
    OmegaConf.register_new_resolver("sweep_name", sweep_name, replace=True)
    OmegaConf.register_new_resolver("run_name", lambda *, _root_: run_name(CONF_DIR, _root_), replace=True)
    OmegaConf.register_new_resolver("one_more", lambda number: number + 1, replace=True)
    OmegaConf.register_new_resolver("code_scores", code_scores, replace=True)
    OmegaConf.register_new_resolver("changed", lambda *given: OmegaConf.create(changed(*given)), replace=True)
    OmegaConf.register_new_resolver("packed", lambda *given: OmegaConf.create(packed_shape(*given)), replace=True)
    OmegaConf.register_new_resolver("numbers_of", numbers_of, replace=True)
    OmegaConf.register_new_resolver("listing", listing, replace=True)

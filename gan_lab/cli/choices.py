"""The choices of each group, and those that were meant. Imports no torch."""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any

import yaml

from gan_lab.cli.conf_dir import CONF_DIR
from gan_lab.cli.synonyms import CHOICES, bare

BUILT_IN = {"hydra/launcher": ("basic",), "hydra/sweeper": ("basic",)}
"""Choices that Hydra brings itself."""
LISTED = ("penalty", "callback")
"""Groups whose choices are listed in brackets."""
SEARCHED = ("penalty", "sampler", "metric", "loss", "prior", "data", "network", "callback", "logger", "model")
MANY = 40
"""More choices than that are not listed."""


@cache
def choices(group: str) -> tuple[str, ...]:
    """Returns the choices of a group, none where there is no such group."""
    found = sorted(path.stem for path in (CONF_DIR / group).glob("*.yaml"))
    return (*found, *BUILT_IN.get(group, ())) if found else ()


@cache
def groups() -> tuple[str, ...]:
    """Returns the names of all groups."""
    return tuple(sorted(path.name for path in CONF_DIR.iterdir() if path.is_dir() and path.name != "hydra"))


@cache
def root_file(root: str) -> dict[str, Any]:
    """Returns the content of the file that a command's configuration starts from."""
    return dict(yaml.safe_load((CONF_DIR / f"{root}.yaml").read_text()))


@cache
def groups_of(root: str) -> tuple[str, ...]:
    """Returns the groups from which a command chooses."""
    entries = [entry for entry in root_file(root)["defaults"] if isinstance(entry, dict)]
    keys = [str(key) for entry in entries for key in entry]
    return tuple(key for key in keys if key in groups())


def meant(group: str, name: str) -> str | None:
    """Returns what was meant by a choice that there is not, as it is written: `model=wgan_gp`."""
    known = {bare(choice): choice for choice in choices(group)}
    synonyms = CHOICES.get(group, {})
    if bare(name) in known:
        return written(group, known[bare(name)])
    if bare(name) in synonyms:
        return synonyms[bare(name)]
    for near in get_close_matches(bare(name), [*known, *synonyms], n=1, cutoff=0.7):
        return written(group, known[near]) if near in known else synonyms[near]
    return None


def written(group: str, choice: str) -> str:
    return f"{group}=[{choice}]" if group in LISTED else f"{group}={choice}"


def no_such_choice(group: str, name: str, typed: str) -> str:
    """Returns the sentence for a choice that there is not; `typed` is what stood on the command line."""
    found, others = meant(group, name), choices(group)
    listed = f"the choices are {', '.join(others)}" if len(others) < MANY else "python -m gan_lab --help lists them"
    return f"there is no {typed}{f' (did you mean {found}?)' if found else ''}: {listed}"


def yaml_keys(node: Any, path: str = "") -> Iterator[str]:
    """Yields the keys of a nested mapping, joined by dots."""
    if isinstance(node, dict):
        for key, value in node.items():
            inner = f"{path}.{key}" if path else str(key)
            yield inner
            yield from yaml_keys(value, inner)


@cache
def keys_of_choice(group: str, choice: str) -> frozenset[str]:
    """Returns the keys that a choice brings to the configuration."""
    text = (CONF_DIR / group / f"{choice}.yaml").read_text()
    package = next((line.split()[-1] for line in text.splitlines() if line.startswith("# @package")), group)
    content = {key: value for key, value in (yaml.safe_load(text) or {}).items() if key not in ("defaults", "search")}
    prefix = "" if package == "_global_" else package.replace("/", ".")
    return frozenset(yaml_keys(content, prefix))


def bringing(key: str) -> str | None:
    """Returns the choices that bring a key which is not there, as they are written; None where none does."""
    for group in (*SEARCHED, "hydra/launcher", "hydra/sweeper"):
        found = [choice for choice in choices(group) if choice != "basic" and key in keys_of_choice(group, choice)]
        if found:
            name = "sweep" if group == "hydra/sweeper" else group
            return " or ".join(written(name, choice) for choice in found[:3])
    return None

"""The choices of each group, and those that were meant. Imports no torch."""

import os
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gan_lab.config.synonyms import CHOICES, bare
from gan_lab.trust.targets import CONF_DIR

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # eight times as fast where PyYAML has it
BUILT_IN = {
    **{"hydra/launcher": ("basic",), "hydra/sweeper": ("basic",)},
    **dict.fromkeys(("hydra/job_logging", "hydra/hydra_logging"), ("default", "disabled", "none", "stdout")),
}
"""Choices that Hydra brings itself."""
IDLE = {
    **dict.fromkeys(("evaluate", "sensitivity"), ("network", "callback")),
    **dict.fromkeys(("sample", "extractor", "invert"), ("network", "callback", "metric")),
}
"""By the root of a command's configuration: groups that it has for the sake of data that choose from them."""
LISTED = ("penalty", "callback", "measure")
"""Groups whose choices are listed in brackets."""
OF_NETWORKS = ("autoencoder", "flow")
"""Groups from which each choice of network chooses, for the models that use them."""
SEARCHED = (
    *("optimizer", "schedule", "augment", "penalty", "sampler", "metric", "loss", "prior", "data", "network"),
    *("callback", "logger", "model", "measure"),
)
CONDITIONS = ("penalty", "loss", "sampler", "prior", "network", "logger", "metric", "data", "measure")
"""Groups of whose choices some have options that others lack; the first two are chosen by the model."""
FEW = 4
"""More choices than that are not named as examples."""
MANY = 40
"""More choices than that are not listed."""


@cache
def choices(group: str) -> tuple[str, ...]:
    """Returns the choices of a group, none where there is no such group."""
    found = sorted(path.stem for path in (CONF_DIR / group).glob("*.yaml"))
    return (*found, *BUILT_IN.get(group, ()))


@cache
def groups() -> tuple[str, ...]:
    """Returns the names of all groups."""
    return tuple(sorted(path.name for path in CONF_DIR.iterdir() if path.is_dir() and path.name != "hydra"))


@cache
def root_file(root: str) -> dict[str, Any]:
    """Returns the content of the file that a command's configuration starts from."""
    return dict(yaml.load((CONF_DIR / f"{root}.yaml").read_text(encoding="utf-8"), Loader))


@cache
def groups_of(root: str) -> tuple[str, ...]:
    """Returns the groups from which a command chooses."""
    entries = [entry for entry in root_file(root)["defaults"] if isinstance(entry, dict)]
    keys = [str(key) for entry in entries for key in entry]
    return tuple(key for key in keys if key in groups() and key not in IDLE.get(root, ()))


def listing(root: str) -> str:
    """Returns the groups from which a command chooses with their choices, a line each, for its help."""
    taken = [*groups_of(root), *(OF_NETWORKS if root == "config" else [])]
    return "\n".join(f"{group}: {', '.join(choices(group))}" for group in sorted(taken))


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
    found, others = own_file(group, name) or meant(group, name), choices(group)
    listed = f"the choices are {', '.join(others)}" if len(others) < MANY else "python -m gan_lab --help lists them"
    return f"there is no {typed}{f' (did you mean {found}?)' if found else ''}: {listed}"


def own_file(group: str, name: str) -> str | None:
    """Returns how a path that was typed as a choice is given, None where the name is no path."""
    if group == "data" and ({"/", os.sep} & {*name} or Path(name).is_dir()):
        return f"data=folder data.root={name}"
    return f"--config-dir FOLDER {group}={Path(name).stem}" if name.endswith((".yaml", ".yml")) else None


def yaml_values(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yields the keys of a nested mapping, joined by dots, with their values."""
    if isinstance(node, dict):
        for key, value in node.items():
            inner = f"{path}.{key}" if path else str(key)
            yield inner, value
            yield from yaml_values(value, inner)


@cache
def values_of_choice(group: str, choice: str) -> dict[str, Any]:
    """Returns what a choice, and those of its group that it begins from, bring to the configuration, by key."""
    text = (CONF_DIR / group / f"{choice}.yaml").read_text(encoding="utf-8")
    package = next((line.split()[-1] for line in text.splitlines() if line.startswith("# @package")), group)
    whole = yaml.load(text, Loader) or {}
    content = {key: value for key, value in whole.items() if key not in ("defaults", "search")}
    prefix = "" if package == "_global_" else package.replace("/", ".")
    found: dict[str, Any] = {}
    for entry in whole.get("defaults", ()):
        if isinstance(entry, str) and entry != "_self_" and not entry.startswith("/"):
            found |= values_of_choice(group, str(Path(choice).parent / entry.partition("@")[0]))
    return found | dict(yaml_values(content, prefix))


@cache
def values(root: str) -> dict[str, dict[str, Any]]:
    """Returns the keys that a command's files have, each with its values by the choice that brings them."""
    own = {key: value for key, value in root_file(root).items() if key not in ("defaults", "hydra")}
    found: dict[str, dict[str, Any]] = {key: {"": value} for key, value in yaml_values(own)}
    for group in groups_of(root):
        for choice in choices(group):
            for key, value in values_of_choice(group, choice).items():
                found.setdefault(key, {})[written(group, choice)] = value
    return found


def bringing(key: str) -> str | None:
    """Returns the choices that bring a key which is not there, as they are written; None where none does."""
    for group in (*SEARCHED, "hydra/launcher", "hydra/sweeper"):
        found = bringing_of(group, key)
        if found:
            name = "sweep" if group == "hydra/sweeper" else group
            return " or ".join(written(name, choice) for choice in found[:FEW])
    return None


def bringing_of(group: str, key: str) -> list[str]:
    """Returns the choices of one group that bring the key."""
    own = [choice for choice in choices(group) if choice not in BUILT_IN.get(group, ())]
    return [choice for choice in own if key in values_of_choice(group, choice)]


def condition(key: str, root: str) -> str:
    """Returns ` (which comes with penalty=[gradient])` for a key that only some choices of a group bring, and not those
    that a command begins from."""
    if key.startswith("callbacks."):
        return ""
    found = {group: bringing_of(group, key) for group in CONDITIONS}
    first = [entry for entry in root_file(root)["defaults"] if isinstance(entry, dict)]
    if any(choice in found[group] for one in first for group, choice in one.items() if group in CONDITIONS[2:]):
        return ""
    words = [written(group, choice) for group in CONDITIONS for choice in found[group]]
    return f" (which comes with {' or '.join(words[:FEW])})" if words else ""

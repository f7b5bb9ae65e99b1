"""What was probably meant by a key that there is not. Imports no torch."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import Any

from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.source import source_signature
from gan_lab.cli.choices import (
    bringing,
    choices,
    groups,
    groups_of,
    keys_of_choice,
    meant,
    root_file,
    written,
    yaml_keys,
)
from gan_lab.cli.synonyms import KEYS, NO_SUCH, VALUES, bare

SIBLINGS = {
    "lambda": ("weight", "gamma", "limit"),
    "coef": ("weight", "gamma"),
    "coefficient": ("weight", "gamma"),
    "lambdagp": ("weight",),
    "penalty": ("weight",),
    "lrg": ("lr",),
    "size": ("dim", "batch_size", "image_size"),
    "nfilters": ("width",),
    "hiddendim": ("hidden",),
    "batchnorm": ("norm",),
}
"""Names that mean another option of the same part."""


DERIVED = {
    **{"dataset": "data=", "variant": "model=", "name": "model="},
    **{"run_dir": "hydra.run.dir=FOLDER", "overrides": None},
}
"""Values that follow from others, and what they follow from."""


@cache
def roots(root: str) -> frozenset[str]:
    """Returns the first parts of all keys that a command's configuration may have."""
    own = root_file(root).keys() - {"defaults"}
    brought = (
        key.partition(".")[0] for group in groups_of(root) for c in choices(group) for key in keys_of_choice(group, c)
    )
    return frozenset({*own, *brought})


def known_root(key: str, root: str) -> bool:
    """Returns whether a key begins as one of a command's configuration does."""
    first = key.partition(".")[0]
    return first in root_file(root) or first in roots(root)


def instead(key: str, value: Any, root: str) -> str | None:
    """Returns how an assignment is written here, None where nothing like it is known."""
    typed = None if value is None else str(value)
    if key in groups_of(root):
        return chosen(key, typed)
    if "." not in key and known_root(key, root) and key not in DERIVED:
        return f"{key}={'VALUE' if typed is None else typed}"
    ours = KEYS.get(root, {}).get(bare(key))
    if ours is None:
        return None
    if "{}" in ours:
        return ours.format("VALUE" if typed is None else typed)
    if "=" in ours:
        return ours
    if ours in groups_of(root):
        return chosen(ours, typed)
    typed = VALUES.get(ours, {}).get(str(typed), typed)
    return f"{ours}={'VALUE' if typed is None else typed}"


def meant_key(key: str, value: str, root: str) -> str | None:
    """Returns how an assignment to a nested key that nothing has is written here: of a part that is chosen as a whole,
    such as `model.loss`, and of a key with a name of other code, such as `model.latent_dim`."""
    parent, _, last = key.rpartition(".")
    if parent == "model" and last in groups_of(root):
        found = written(last, value) if value in choices(last) else meant(last, value)
        if found is not None:
            return found
    return instead(key, value, root) if "." in key and bare(key) in KEYS.get(root, {}) else None


def chosen(group: str, name: str | None) -> str:
    """Returns how a choice is written here."""
    if name is None:
        return f"{group}=CHOICE"
    return written(group, name) if name in choices(group) else meant(group, name) or f"{group}=CHOICE"


def unknown_root(key: str, value: Any, root: str) -> str:
    """Returns the sentence for a key whose first part no configuration of the command has."""
    first, _, rest = key.partition(".")
    if bare(key) in NO_SUCH and root == "config":
        return f"there is no option {key}: {NO_SUCH[bare(key)]}"
    found = instead(key, value, root)
    if found is None and rest:
        near = get_close_matches(first, roots(root), n=1) or [own for own in roots(root) if bare(own) == bare(first)]
        found = f"{near[0]}.{rest}={value}" if near else None
    if found is None:
        known = {bare(name): name for name in (*KEYS.get(root, {}), *roots(root), *groups_of(root))}
        near = get_close_matches(bare(key), known, n=1, cutoff=0.75)
        found = instead(known[near[0]], value, root) if near else None
    help_ = "--cfg job shows every value that can be set"
    return f"there is no option {key}: {f'did you mean {found}?' if found else help_}"


def unknown_key(key: str, value: Any, config: DictConfig, root: str) -> str:
    """Returns the sentence for a key that a composed configuration does not have."""
    found = nearest(key, value, config, root)
    if bare(key) in NO_SUCH:
        return f"there is no option {key}: {NO_SUCH[bare(key)]}"
    if found:
        return f"there is no option {key} here: did you mean {' or '.join(found)}?"
    if choice := bringing(key):
        return f"there is no option {key} here: it comes with {choice}"
    parent = key.rpartition(".")[0]
    there = OmegaConf.select(config, parent) if parent else None
    if isinstance(there, DictConfig):
        options = [str(name) for name in there if not str(name).startswith("_")][:12]
        return f"there is no option {key} here: {parent} has {', '.join(options) or 'no options'}"
    return f"there is no option {key} here: --cfg job shows every value that can be set"


def nearest(key: str, value: Any, config: DictConfig, root: str) -> list[str]:
    """Returns the keys, or assignments, that were probably meant, if any is near and no other choice brings the key."""
    parent, _, last = key.rpartition(".")
    if (ours := KEYS.get(root, {}).get(bare(key))) is not None and bare(ours) != bare(key):
        return [str(instead(key, value, root))]
    if parent.startswith("model") and last in groups() and str(value) in choices(last):
        return [written(last, str(value))]
    of_hydra = key.startswith("hydra")
    every = [*yaml_keys(OmegaConf.to_container(config))]
    present = {
        one
        for one in every
        if one.startswith("hydra") == of_hydra and not key.startswith(f"{one}.") and "._" not in one
    }
    known = present | {*options_of(config)}
    siblings = [one for one in known if one.rpartition(".")[0] == parent]
    names = {bare(one.rpartition(".")[2]): one for one in siblings}
    wanted = [names[name] for name in (bare(last), *SIBLINGS.get(bare(last), ())) if name in names]
    wanted = wanted or [names[name] for name in get_close_matches(bare(last), names, n=1, cutoff=0.7)]
    if not wanted and bringing(key):
        return []
    wanted = wanted or sorted(one for one in known if one.rpartition(".")[2] == last and same_part(one, key))[:3]
    wanted = wanted or get_close_matches(key, known, n=1, cutoff=0.75)
    if not wanted and last != key and (short := instead(last, value, root)):
        return [short]
    return [one if one in present else f"+{one}" for one in wanted]


def same_part(one: str, other: str) -> bool:
    """Returns whether two keys begin alike."""
    return one.partition(".")[0] == other.partition(".")[0]


def options_of(config: Any, path: str = "") -> Iterable[str]:
    """Yields the keys of the options that the constructors named by a configuration take, set or not."""
    node = OmegaConf.to_container(config) if isinstance(config, DictConfig) else config
    if not isinstance(node, dict):
        return
    signature = source_signature(str(node.get("_target_")))
    yield from (f"{path}.{name}" for name in (signature.hints if signature else ()))
    for key, value in node.items():
        if key != "hydra":
            yield from options_of(value, ".".join([*filter(None, [path]), str(key)]))

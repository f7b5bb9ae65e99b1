"""What was probably meant by a key that there is not. Imports no torch."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import Any

from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.source import source_signature
from gan_lab.cli.lists import as_list
from gan_lab.config.choices import (
    FEW,
    LISTED,
    OF_NETWORKS,
    bringing,
    choices,
    condition,
    groups,
    groups_of,
    meant,
    own_file,
    root_file,
    values,
    written,
    yaml_values,
)
from gan_lab.config.synonyms import KEYS, NO_SUCH, OPPOSITES, PARTS, VALUES, WITHOUT_VALUE, bare

SIBLINGS = {
    "lambda": ("weight", "gamma", "limit"),
    "coef": ("weight", "gamma"),
    "coefficient": ("weight", "gamma"),
    "lambdagp": ("weight",),
    "penalty": ("weight",),
    "learningrate": ("lr",),
    "lrg": ("lr",),
    "size": ("dim", "batch_size", "image_size"),
    "nfilters": ("width",),
    "hiddendim": ("hidden",),
    "layers": ("hidden",),
    "batchnorm": ("norm",),
}
"""Names that mean another option of the same part."""


DERIVED = {
    **{"dataset": "data=", "variant": "model=", "name": "model="},
    **{"run_dir": "hydra.run.dir=FOLDER", "overrides": None},
}
"""Values that follow from others, and what they follow from."""
INNER = {
    "model.seed": "seed=",
    "model.generator.latent_dim": "model.prior.dim=",
    "model.generator.num_classes": "data=",
    "model.critic.num_classes": "data=",
}
"""The same, inside of a model, whose constructors need them."""
PLAYERS = ("model.generator", "model.critic")
FALSE = ("false", "0", "no", "off", "none")
CHOSEN = ("name", "type", "class", "kind", "target")
"""What a choice of a group is called inside of it."""
OF_BOTH = {
    "optimizer": r"(optimizers?@)?model\.optimizers(\.\w+)?|optimizers?\.(critic|generator|discriminator)",
    "network": r"networks?@.*|(model|network)\.(critic|generator|discriminator)",
}
"""Groups that are chosen for both players, and how somebody would choose for one."""


@cache
def roots(root: str) -> frozenset[str]:
    """Returns the first parts of all keys that a command's configuration may have.

    Of a choice for another command than training counts what belongs to its group: the data also set the length of a
    training.
    """
    every = {key.partition(".")[0] for key in values(root)}
    return frozenset(every | {*OF_NETWORKS} if root == "config" else every & {*root_file(root), *groups_of(root)})


def known_root(key: str, root: str) -> bool:
    """Returns whether a key begins as one of a command's configuration does."""
    first = key.partition(".")[0]
    return first in root_file(root) or first in roots(root)


def instead(key: str, value: Any, root: str) -> str | None:
    """Returns how an assignment is written here, None where nothing like it is known."""
    typed = None if value is None else str(value)
    if key in groups_of(root):
        return chosen(key, typed)
    if "." not in key and known_root(key, root) and key not in DERIVED and not options_in(key, root):
        return as_list(key, "VALUE" if typed is None else typed, root)
    ours = KEYS.get(root, {}).get(bare(key))
    if ours is None:
        return in_its_part(key, typed, root) if "." in key else None
    if "{1-}" in ours:
        return smoothed(ours.partition("=")[0], typed, root)
    if ours in WITHOUT_VALUE and (typed is None or typed.lower() == "true"):
        return WITHOUT_VALUE[ours]
    if "{}" in ours:
        return ours.replace("{}", "VALUE" if typed is None else typed.strip("[]"))
    if "=" in ours:
        return OPPOSITES.get(ours, ours) if (typed or "").lower() in FALSE else ours
    if ours in groups_of(root):
        return chosen(ours, typed)
    typed = VALUES.get(ours, {}).get(str(typed).lower(), typed)
    if typed is not None and "=" in typed:
        return typed
    return as_list(ours, "VALUE" if typed is None else typed, root) + condition(ours, root)


def smoothed(key: str, typed: str | None, root: str) -> str:
    """Returns the target of real samples for an amount of label smoothing."""
    try:
        return f"{key}={1 - float(str(typed)):.4g}{condition(key, root)}"
    except ValueError:
        return f"{key}=0.9{condition(key, root)}"


def part_meant(key: str) -> tuple[str, str] | None:
    """Returns the part of the configuration that a key names as other code does, and the rest of the key."""
    names = key.split(".")
    for cut in range(len(names) - 1, 0, -1):
        ours = PARTS.get(bare(".".join(names[:cut])))
        if ours is not None:
            return ours, ".".join(names[cut:])
    return None


def in_its_part(key: str, value: str | None, root: str) -> str | None:
    """Returns how an option of a part with a name of other code is written here, None where the part has none like
    it."""
    if root != "config" or (found := part_meant(key)) is None:
        return None
    part, last = found
    if part == "network":
        both = [instead(f"{player}.{last}", value, root) for player in ("generator", "critic")]
        return (
            None
            if None in both
            else " ".join(str(one).partition(" (")[0] for one in both) + condition(str(both[0]).partition("=")[0], root)
        )
    if part == "":
        return instead(last, value, root) if not known_root(last, root) else f"{last}={value}"
    if bare(f"{part}.{last}") in KEYS[root] and f"{part}.{last}" != key:
        return instead(f"{part}.{last}", value, root)
    own = {bare(name): name for name in options_in(part, root)}
    elsewhere = KEYS[root].get(bare(last), "").rpartition(".")[2]
    known = [own[name] for name in (bare(last), bare(elsewhere), *SIBLINGS.get(bare(last), ())) if name in own]
    near = known or [own[name] for name in get_close_matches(bare(last), own, n=1, cutoff=0.7)]
    if not near:
        return instead(last, value, root) if part.startswith("model") and bare(last) in KEYS[root] else None
    ours = f"{part}.{near[0]}"
    return as_list(ours, "VALUE" if value is None else value, root) + condition(ours, root)


def options_in(part: str, root: str) -> list[str]:
    """Returns the options that a part of the configuration may have, without those of parts inside of it."""
    inner = [key.removeprefix(f"{part}.") for key in values(root) if key.startswith(f"{part}.")]
    return [name for name in inner if "_target_" not in name and not any(one.startswith(f"{name}.") for one in inner)]


def meant_key(key: str, value: str, root: str) -> str | None:
    """Returns how an assignment to a nested key that nothing has is written here: of a part that is chosen as a whole,
    such as `model.loss` and `optimizer.name`, and of a key with a name of other code, such as `model.latent_dim`."""
    parent, _, last = key.rpartition(".")
    if parent == "model" and last in groups_of(root):
        found = written(last, value) if value in choices(last) else meant(last, value)
        if found is not None:
            return found
    group = parent.removeprefix("model.")
    if bare(last) in CHOSEN and group in groups_of(root) and key not in values(root) and group != "trainer":
        return chosen(group, value)
    if "." not in key or key in values(root):
        return None
    if bare(key) in KEYS.get(root, {}) or bare(parent) in PARTS or bare(key.partition(".")[0]) in PARTS:
        return instead(key, value, root)
    return None


def chosen(group: str, name: str | None) -> str:
    """Returns how a choice is written here."""
    found, inner = None, (name or "").strip("[]").split(",")
    if group in (*LISTED, "logger") and name != inner[0] and {*inner} <= {*choices(group)}:
        return f"{group}=[{','.join(inner)}]"
    if name is not None:
        found = written(group, name) if name in choices(group) else own_file(group, name) or meant(group, name)
    if found is None and len(choices(group)) <= FEW and name is not None:
        return " or ".join(written(group, one) for one in choices(group))
    return found or f"{group}=CHOICE"


def bare_choice(word: str, root: str) -> str | None:
    """Returns the choice for a word without a sign, such as wgan-gp or model:gan, or a sign with spaces around it."""
    spaced = re.sub(r"\s*=\s*", "=", word)
    if spaced != word and spaced.strip("=") == spaced:
        return spaced
    if word.endswith(":"):
        return instead(word[:-1], None, root)
    if separated := re.fullmatch(r"/?(\w+)[-./:=](\w.*)", word):
        group, name = separated.groups()
        if group in groups_of(root):
            return chosen(group, name)
        if word[len(group)] == ":":
            return f"{group}={name}"
    if word.endswith((".yaml", ".yml")):
        return own_file("experiment", word)
    if figures := [key for key, value in root_file(root).items() if isinstance(value, list) and word in value]:
        return f"{figures[0]}=[{word}]"
    for group in sorted(groups_of(root), key="model".__ne__):
        same = [choice for choice in choices(group) if bare(choice) == bare(word)]
        if same and word not in groups():
            return written(group, same[0])
    return None


def unknown_root(key: str, value: Any, root: str) -> str:
    """Returns the sentence for a key whose first part no configuration of the command has."""
    first, _, rest = key.partition(".")
    if bare(key) in NO_SUCH and root == "config":
        return f"there is no option {key}: {NO_SUCH[bare(key)]}"
    found = instead(key, value, root)
    if found is None and root != "config" and (theirs := of_training(key, value)) is not None:
        return f"python -m gan_lab.{root} has no option {key}: it belongs to training, python -m gan_lab {theirs}"
    if found is None and root == "config" and (part := part_meant(key)) and options_in(part[0], root):
        return f"there is no option {key}: {having(part[0], options_in(part[0], root))}"
    if found is None and rest:
        near = [*get_close_matches(first, roots(root), n=3), *(own for own in roots(root) if bare(own) == bare(first))]
        there = [name for name in near if f"{name}.{rest}" in values(root)]
        ours = f"{there[0]}.{rest}" if there else ""
        found = as_list(ours, str(value), root) + condition(ours, root) if there else None
    if found is None:
        known = {bare(name): name for name in (*KEYS.get(root, {}), *roots(root), *groups_of(root))}
        near = get_close_matches(bare(key), known, n=1, cutoff=0.75)
        found = instead(known[near[0]], value, root) if near else None
    help_ = "--cfg job shows every value that can be set"
    return f"there is no option {key}: {f'did you mean {found}?' if found else help_}"


def of_training(key: str, value: Any) -> str | None:
    """Returns how an assignment is written for a training, None where a training has nothing like it."""
    return f"{key}={value}" if known_root(key, "config") and key not in DERIVED else instead(key, value, "config")


def having(part: str, options: Iterable[str]) -> str:
    """Returns which options a part of the configuration has."""
    names = [name for name in options if not name.startswith("_")][:12]
    return f"{part} has {', '.join(names) or 'no options'}"


def of_both_players(key: str, typed: str) -> str | None:
    """Returns the sentence for the choice of one player's optimizer or network, None where nothing of the kind was
    typed."""
    group = next((group for group, pattern in OF_BOTH.items() if re.fullmatch(pattern, key)), None)
    if group is None:
        return None
    example = "model.optimizers.critic.lr=4e-4" if group == "optimizer" else "model.critic.norm=layer"
    return (
        f"{typed} cannot be chosen: both players have one kind of {group}, {chosen(group, '')}, whose options may "
        f"differ, as in {example}"
    )


def unknown_key(key: str, value: Any, config: DictConfig, root: str) -> str:
    """Returns the sentence for a key that a composed configuration does not have."""
    if bare(key) in NO_SUCH:
        return f"there is no option {key}: {NO_SUCH[bare(key)]}"
    if found := nearest(key, value, config, root):
        return f"there is no option {key} here: did you mean {' or '.join(found)}?"
    if choice := bringing(key):
        return f"there is no option {key} here: it comes with {choice}"
    parent = part[0] if (part := part_meant(key)) is not None and part[0] else key.rpartition(".")[0]
    there = OmegaConf.select(config, parent) if parent else None
    if isinstance(there, DictConfig):
        return f"there is no option {key} here: {having(parent, map(str, there))}"
    return f"there is no option {key} here: --cfg job shows every value that can be set"


def nearest(key: str, value: Any, config: DictConfig, root: str) -> list[str]:
    """Returns the keys, or assignments, that were probably meant, if any is near and no other choice brings the key."""
    if (meant_part := part_meant(key)) is not None and meant_part[0]:
        key = ".".join(meant_part)
    parent, _, last = key.rpartition(".")
    if (ours := KEYS.get(root, {}).get(bare(key))) is not None and bare(ours) != bare(key):
        return [str(instead(key, value, root))]
    if parent.startswith("model") and last in groups() and str(value) in choices(last):
        return [written(last, str(value))]
    of_hydra = key.startswith("hydra")
    every = [one for one, _ in yaml_values(OmegaConf.to_container(config))]
    present = {one for one in every if one.startswith("hydra") == of_hydra and "._" not in one}
    known = {one for one in present | {*options_of(config)} if not key.startswith(f"{one}.")}
    if same := [one for one in present if bare(one) == bare(key)]:
        return same
    siblings = [one for one in known if one.rpartition(".")[0] == parent]
    names = {bare(one.rpartition(".")[2]): one for one in siblings}
    wanted = [names[name] for name in (bare(last), *SIBLINGS.get(bare(last), ())) if name in names]
    wanted = wanted or [names[name] for name in get_close_matches(bare(last), names, n=1, cutoff=0.7)]
    if not wanted and bringing(key):
        return []
    there = bool(siblings) or parent in every
    if not there or parent in PLAYERS:
        wanted = wanted or sorted(one for one in known if one.rpartition(".")[2] == last and same_part(one, key))[:3]
    wanted = wanted or ([] if there else get_close_matches(key, known, n=1, cutoff=0.75))
    if not wanted and (
        parent in ("model", "trainer") or KEYS.get(root, {}).get(bare(last), "").startswith(f"{parent}.")
    ):
        wanted_elsewhere = instead(last, value, root)
        return [] if wanted_elsewhere is None else [wanted_elsewhere]
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

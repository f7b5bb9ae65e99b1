"""Says what was wrong with a command line that Hydra could not compose, in our words."""

import re
from collections.abc import Sequence

from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from gan_lab.cli.arguments import Command, elements, parsed
from gan_lab.cli.suggestions import unknown_key
from gan_lab.config.compose import composition

KINDS = (
    (r"Value ('.*'|.*) of type '\w+' could not be converted to Integer", "a whole number"),
    (r"Value ('.*'|.*) of type '\w+' could not be converted to Float", "a number"),
    (r"Value ('.*'|.*) is not a valid bool", "true or false"),
    (r"Cannot convert '\w+' to string: '(.*)'", "text"),
    (r"field '.*' is not (Optional)", "a value"),
)
"""What OmegaConf says of a value that is not of the type that a plugin of Hydra declares."""


def diagnosis(error: Exception, words: Sequence[str], command: Command) -> str:
    """Returns one sentence for an error of Hydra or OmegaConf, with the option that was meant where one was."""
    overrides = [parsed(word) for word in words if "=" in word or word.startswith("~")]
    chosen = [first_choice(one) for one in overrides if not is_value(one)]
    try:
        config = composition(command.root, tuple(chosen))
    except (HydraException, OmegaConfBaseException):
        return of_a_part(overrides, error) or plain_words(error, overrides, command)
    for override in filter(is_value, overrides):
        key = override.key_or_group
        there = present(config, key)
        if override.is_add() and there:
            return f"{override.input_line} sets what is there already: write {str(override.input_line)[1:]}"
        if not override.is_add() and not override.is_force_add() and not there:
            return unknown_key(key, first_value(override), config, command.root)
    return of_a_part(overrides, error) or plain_words(error, overrides, command)


def of_a_part(overrides: Sequence[Override], error: Exception) -> str | None:
    """Returns the sentence for a choice of a part that the configuration does not have."""
    for override in overrides:
        if override.package is not None and override.get_key_element() in str(error):
            return f"{override.input_line} does nothing here, since this configuration has no {override.package}"
    return None


def is_value(override: Override) -> bool:
    """Returns whether an override sets a value, rather than choose from a group."""
    return override.package is None and "/" not in override.key_or_group and not is_group(override)


def is_group(override: Override) -> bool:
    from gan_lab.config.choices import groups

    return override.key_or_group in groups()


def first_value(override: Override) -> str:
    """Returns the value of an override as it is typed, of a sweep the first one."""
    return str(Override._get_value_element_as_str(next(elements(override), None)))


def first_choice(override: Override) -> str:
    """Returns the override with the first of its values."""
    if not override.is_sweep_override():
        return str(override.input_line)
    return f"{override.get_key_element()}={first_value(override)}"


def present(config: DictConfig, key: str) -> bool:
    """Returns whether the configuration has the key."""
    missing = object()
    try:
        return OmegaConf.select(config, key, default=missing, throw_on_missing=False) is not missing
    except OmegaConfBaseException:
        return True


def plain_words(error: Exception, overrides: Sequence[Override], command: Command) -> str:
    """Returns what is wrong with a value if an error says so, otherwise the part of the command line that does not
    fit."""
    cause = error.__cause__ if isinstance(error.__cause__, OmegaConfBaseException) else error
    if (said := of_a_value(cause)) is not None:
        return said
    if found := re.search(r"Additional config directory '(.*)' not found", str(error)):
        return f"there is no folder {found[1]}: --config-dir takes one with files of your own"
    typed = [str(one.input_line) for one in overrides]
    merged = str(error).removeprefix("Error merging override ")
    named = [word for word in typed if word == merged]
    named += [str(one.input_line) for one in overrides if f"'{one.key_or_group}'" in str(error)]
    alone = [word for word in typed if composes([one for one in typed if one != word], command)]
    wrong = next(iter(named or alone), " ".join(typed))
    return f"{wrong} does not fit here: {command.typed} --cfg job shows every value that can be set"


def of_a_value(error: BaseException) -> str | None:
    """Returns the sentence for a value that follows from others, None for other errors."""
    line = next(iter(str(error).splitlines()), "")
    if found := re.match(r"\w+ raised while resolving interpolation: (.*)", line):
        return found[1]
    if found := re.match(r"Interpolation key '(.*)' not found", line):
        return f"a value follows from {found[1]}, which this configuration does not have"
    if found := re.match(r"Missing mandatory value: (.*)", line):
        return f"{found[1]} is missing: give it with {found[1]}=VALUE"
    for form, kind in KINDS:
        if found := re.match(form, line):
            return f"{getattr(error, 'full_key', 'a value')} is {found[1]} and must be {kind}"
    return None


def composes(words: Sequence[str], command: Command) -> bool:
    """Returns whether there is a configuration for the words."""
    try:
        composition(command.root, tuple(words))
    except (HydraException, OmegaConfBaseException):
        return False
    return True

"""Says what was wrong with a command line that Hydra could not compose, in our words."""

from collections.abc import Sequence
from typing import Any

from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from gan_lab.cli.arguments import Command, elements, parsed
from gan_lab.cli.compose import composition
from gan_lab.cli.suggestions import unknown_key

HYDRAS_WORDS = ("search path", "lexer", "struct", "primary config", "hydra.cc", "defaults list", "ConfigStore", "+")


def diagnosis(error: Exception, words: Sequence[str], command: Command) -> str:
    """Returns one sentence for an error of Hydra or OmegaConf, with the option that was meant where one was."""
    overrides = [parsed(word) for word in words if "=" in word or word.startswith("~")]
    chosen = [first_choice(one) for one in overrides if not is_value(one)]
    try:
        config = composition(command.root, tuple(chosen))
    except (HydraException, OmegaConfBaseException):
        return of_a_part(overrides, error) or plain_words(error, words)
    for override in filter(is_value, overrides):
        key = override.key_or_group
        there = present(config, key)
        if override.is_add() and there:
            return f"{override.input_line} sets what is there already: write {str(override.input_line)[1:]}"
        if not override.is_add() and not override.is_force_add() and not there:
            return unknown_key(key, next(elements(override), None), config, command.root)
    return of_a_part(overrides, error) or plain_words(error, words)


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
    from gan_lab.cli.choices import groups

    return override.key_or_group in groups()


def first_choice(override: Override) -> str:
    """Returns the override with the first of its values."""
    if not override.is_sweep_override():
        return str(override.input_line)
    value: Any = next(elements(override), None)
    return f"{override.get_key_element()}={Override._get_value_element_as_str(value)}"


def present(config: DictConfig, key: str) -> bool:
    """Returns whether the configuration has the key."""
    missing = object()
    try:
        return OmegaConf.select(config, key, default=missing, throw_on_missing=False) is not missing
    except OmegaConfBaseException:
        return True


def plain_words(error: Exception, words: Sequence[str]) -> str:
    """Returns the first line of the error where a user can read it, otherwise the command line that was not
    understood."""
    cause = error.__cause__ if isinstance(error.__cause__, OmegaConfBaseException) else error
    line = next(iter(str(cause).splitlines()), "")
    if line and not any(word in line for word in HYDRAS_WORDS):
        return line
    return f"no configuration fits {' '.join(words)}: python -m gan_lab --cfg job shows every value that can be set"

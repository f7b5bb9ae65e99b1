"""Options of Python as the words of a command line, and the configuration that they compose. Imports no torch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from hydra.core.override_parser.types import Quote, QuotedString
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from gan_lab.checks.data_set import before_hydra, choice_of
from gan_lab.cli.arguments import Command, understood
from gan_lab.cli.command import own_error
from gan_lab.cli.dataset import with_dataset
from gan_lab.cli.diagnosis import diagnosis, of_a_value
from gan_lab.config.compose import composition
from gan_lab.config.plain_values import as_hydra_config
from gan_lab.errors import GanLabError, of_the_system
from gan_lab.terminal.commands import assigned
from gan_lab.trust.targets import take_trust

Check = Callable[[DictConfig, Sequence[str]], None]


def words_of(overrides: Sequence[str], options: Mapping[str, Any]) -> list[str]:
    """Returns `["model=gan", "epochs=1"]` for ("model=gan",) and {"epochs": 1}. Raises GanLabError for flags."""
    for word in overrides:
        if word.startswith("-"):
            raise GanLabError(f"{word} is for the command line: options have the form KEY=VALUE here")
    return [*overrides, *(assignment(key, value) for key, value in options.items())]


def assignment(key: str, value: Any) -> str:
    """Returns `KEY=VALUE` as Hydra reads this very value. Raises GanLabError for what no option can be."""
    return assigned(key, str(value)) if isinstance(value, str | Path) else f"{key}={text(value, key)}"


def text(value: Any, key: str) -> str:
    """Returns a value inside of an option."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Integral | Real):
        return repr(int(value) if isinstance(value, Integral) else float(value))
    if isinstance(value, list | tuple):
        return f"[{','.join(text(item, key) for item in value)}]"
    if isinstance(value, str | Path):
        return str(value) if str(value).isidentifier() else QuotedString(str(value), Quote.double).with_quotes()
    kind = type(value).__name__
    raise GanLabError(f"{key} is of type {kind} and must be a number, text, true or false, or a list of them")


def composed(command: Command, words: Sequence[str]) -> tuple[DictConfig, list[str]]:
    """Returns the configuration of a command line with Hydra's own part, and its words, the data set among them.

    Raises GanLabError in the command's own words for what cannot be composed. Hydra is left as it was.
    """
    understood_words = understood(take_trust(words), command)
    with before_hydra(), as_mistakes(lambda error: diagnosis(error, understood_words, command)):
        whole = with_dataset(understood_words) if command.path else understood_words
        found = deepcopy(composition(command.root, tuple(whole)))
    OmegaConf.clear_cache(found)  # of the time, which names the folder of a run
    return found, whole


def checked(
    command: Command, words: Sequence[str], check: Check, keys: Sequence[str]
) -> tuple[dict[str, Any], list[str], str]:
    """Returns the resolved values of these keys, the words and the name of the data set, once the command's own check
    has found nothing."""
    config, whole = composed(command, words)
    with as_mistakes(of_a_value), as_hydra_config(config):
        check(config, whole)
        values: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, [*keys]), resolve=True)
    return values, whole, choice_of("data", config)


@contextmanager
def as_mistakes(sentence: Callable[[Exception], str | None]) -> Iterator[None]:
    """Raises GanLabError with the command's sentence for the errors of Hydra, OmegaConf and the system."""
    try:
        yield
    except (HydraException, OmegaConfBaseException) as error:
        raise GanLabError(str(own_error(error) or sentence(error) or error)) from error
    except OSError as error:
        raise of_the_system(error) from error

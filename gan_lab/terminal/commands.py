"""Commands as they are typed, for texts from which a user pastes them into a shell. Imports no torch."""

import os
import re
import shlex
from pathlib import Path, PurePath

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Quote, QuotedString
from hydra.errors import HydraException


def typed(module: str, *words: str) -> str:
    """Returns `python -m MODULE WORDS`, with quotes around the words that a shell would read otherwise."""
    return shlex.join(["python", "-m", module, *words])


def quoted(text: str) -> str:
    """Returns a text in the quotes that keep Hydra from reading it."""
    return QuotedString(text, Quote.single).with_quotes()


def assigned(key: str, text: str) -> str:
    """Returns `KEY=TEXT`, with the text in quotes where Hydra would read something else without them.

    They are double ones, since a shell's are single ones: `'resume="a,b"'`.
    """
    plain = f"{key}={text}"
    try:
        alike = OverridesParser.create().parse_override(plain).value() == text
    except HydraException:
        alike = False
    return plain if alike else f"{key}={QuotedString(text, Quote.double).with_quotes()}"


def key_of(word: str) -> str:
    """Returns the key that a word of a command line sets, adds or removes."""
    return word.lstrip("+~").partition("=")[0]


def bare(path: str | PurePath) -> str:
    """Returns a path that stands for itself on a command line: no flag and no assignment."""
    text = str(path)
    whole = (PurePath(path) if isinstance(path, str) else path).is_absolute() or text.startswith(".")
    return text if whole or not re.search(r"^[-~]|=", text) else f"./{text}"


def from_here(path: str | Path) -> str:
    """Returns the path from the working directory, the whole one where that is on another drive. It has slashes, which
    no shell reads, on Windows too."""
    try:
        text = os.path.relpath(path)
    except ValueError:
        text = str(path)
    return text.replace(os.sep, "/")

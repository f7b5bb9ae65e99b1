"""Reads JSON and YAML files that anybody may have written, within limits. Imports no torch."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from gan_lab.errors import UnreadableFileError

MOST_BYTES = 64_000_000
"""A summary has a few thousand bytes, the record of a large sweep a few million."""
MOST_VALUES = 1_000_000
DEEPEST = 50
"""Aliases in a small YAML file can stand for billions of values."""


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads plain values, without merging mappings: merges of merges would not end."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Leaves `<<` as it is, for which there is no constructor."""


def read_json(path: Path) -> dict[str, Any]:
    """Returns the mapping in a JSON file. Raises UnreadableFileError where it is missing, damaged, too large or no
    mapping."""
    return read(path, json.loads)


def read_yaml(path: Path) -> dict[str, Any]:
    """Returns the mapping in a YAML file. Raises UnreadableFileError as `read_json` does."""
    return read(path, lambda text: yaml.load(text, Loader))


def read(path: Path, parse: Callable[[str], Any]) -> dict[str, Any]:
    """Returns what `parse` makes of the text in a file."""
    try:
        if not path.is_file():  # a pipe would be waited for
            raise UnreadableFileError(f"{path.name} is {'no regular file' if path.exists() else 'missing'}")
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableFileError(f"{path.name} has more than {MOST_BYTES:,} bytes")
        found = parse(path.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise UnreadableFileError(f"{path.name} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError, MemoryError, yaml.YAMLError) as error:
        raise UnreadableFileError(f"{path.name} is damaged") from error
    if not isinstance(found, dict):
        raise UnreadableFileError(f"{path.name} does not hold a mapping")
    refuse_vast(found, path)
    return found


def refuse_vast(value: Any, path: Path) -> None:
    """Raises UnreadableFileError for a nested value that is deeper or has more values than any of ours."""
    level, count = [value], 0
    for _ in range(DEEPEST):
        level = [
            item
            for node in level
            if isinstance(node, dict | list)
            for item in (node.values() if isinstance(node, dict) else node)
        ]
        count += len(level)
        if count > MOST_VALUES:
            raise UnreadableFileError(f"{path.name} holds more than {MOST_VALUES:,} values")
        if not level:
            return
    raise UnreadableFileError(f"{path.name} is nested more than {DEEPEST} levels deep")

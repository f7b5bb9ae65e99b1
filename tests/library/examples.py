"""The examples in the docstrings of what `import gan_lab` gives."""

import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

import gan_lab

FIRST = ("fit", "load", "Run", "Model")
"""What makes the objects that the others use comes first."""


def public() -> dict[str, Any]:
    """The public functions, and the classes with their public methods, by name."""
    found = {}
    for name in sorted(gan_lab.__all__, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name)):
        value = getattr(gan_lab, name)
        if not callable(value) or name == "GanLabError":
            continue
        found[name] = value
        if inspect.isclass(value):
            for key, member in vars(value).items():
                if not key.startswith("_"):
                    found[f"{name}.{key}"] = member
    return found


def examples() -> Iterator[tuple[str, str]]:
    """The code of each example with the name of what it is of."""
    for name, value in public().items():
        text = inspect.getdoc(value) or ""
        if "Example:\n" in text:
            yield name, textwrap.dedent(text.partition("Example:\n")[2])

"""Types of what the fixtures of all tests give."""

from typing import Any, Protocol


class Compose(Protocol):
    def __call__(self, *overrides: str, root: str = "config") -> dict[str, Any]: ...


class BuildModel(Protocol):
    def __call__(self, *overrides: str) -> Any: ...

"""Settings that an object tells."""

import inspect
from typing import Any


class Stated:
    """Keeps every constructor argument under its own name, and `stated` tells them, those of parts inside too."""

    @property
    def name(self) -> str:
        """That of its file, which a sampler shares with its yaml."""
        return type(self).__module__.rpartition(".")[2]

    def stated(self) -> dict[str, Any]:
        """Its settings by name: all that decides results, so not how many samples are computed at once."""
        names = [
            name for name in inspect.signature(type(self).__init__).parameters if name not in ("self", "batch_size")
        ]
        values = {name: getattr(self, name) for name in names}
        return {
            name: {"sampler": value.name} | value.stated() if isinstance(value, Stated) else value
            for name, value in values.items()
        }

"""Objects that report their settings."""

import inspect
from typing import Any

from gan_lab.domains import Declared


class Stated(Declared):
    """Reports constructor arguments, including those of parts inside; each is an attribute of the same name."""

    @property
    def name(self) -> str:
        """The name of the class's file, which is also that of its yaml."""
        return type(self).__module__.rpartition(".")[2]

    def stated(self) -> dict[str, Any]:
        """Returns the settings that affect results by name; the batch size does not."""
        names = [
            name for name in inspect.signature(type(self).__init__).parameters if name not in ("self", "batch_size")
        ]
        values = {name: getattr(self, name) for name in names}
        return {
            name: {"sampler": value.name} | value.stated() if isinstance(value, Stated) else value
            for name, value in values.items()
        }

"""Loads data from a configuration."""

from collections.abc import Mapping
from typing import Any

from gan_lab.build import build
from gan_lab.data.base import DataModule
from gan_lab.trust.lenient import printable


def load_data(config: Mapping[str, Any]) -> DataModule:
    """Returns the data set that the configuration names, downloaded if necessary and possible, and read into memory."""
    data: DataModule = build(config, "data", DataModule)
    data.prepare_data()
    data.setup()
    for note in data.notes:
        print(printable(note))
    return data

"""Finds the data set that a checkpoint was trained on. Imports torch only for a lone checkpoint file."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from gan_lab.cli.command import requested
from gan_lab.runs.run_folder import RunFolder


def on_its_dataset(run: Callable[[], object]) -> Callable[[], None]:
    """Returns the command with the checkpoint's data set as default for `data`."""

    def start() -> None:
        sys.argv = [sys.argv[0], *with_dataset(sys.argv[1:])]
        run()

    return start


def with_dataset(arguments: Sequence[str]) -> list[str]:
    """Returns the command line, with the data set of its first checkpoint added where it names none."""
    path = requested("checkpoint", arguments)
    if path is None or requested("data", arguments) is not None:
        return [*arguments]
    dataset = dataset_of(Path(path.split(",")[0]).expanduser())
    return [*arguments] if dataset is None else [*arguments, f"data={dataset}"]


def dataset_of(path: Path) -> str | None:
    """Returns the data set of a run, from its config.yaml or, for a lone checkpoint, from the configuration inside
    it."""
    folder = RunFolder.around(path)
    if folder.config.is_file():
        return folder.read_config().get("dataset")
    if path.is_file():
        from gan_lab.runs.checkpoint import read_checkpoint

        return read_checkpoint(path)["config"]["dataset"]
    return None

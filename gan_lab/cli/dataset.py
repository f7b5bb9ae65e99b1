"""Which data a checkpoint belongs to. Imports no torch before it must."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from gan_lab.cli.command import requested
from gan_lab.runs.run_folder import RunFolder


def on_its_dataset(run: Callable[[], object]) -> Callable[[], None]:
    """A Hydra main, with the data set of the checkpoint where none is chosen."""

    def start() -> None:
        sys.argv = [sys.argv[0], *with_dataset(sys.argv[1:])]
        run()

    return start


def with_dataset(arguments: Sequence[str]) -> list[str]:
    """The command line, with the data set of its (first) checkpoint where it names none."""
    path = requested("checkpoint", arguments)
    if path is None or requested("data", arguments) is not None:
        return [*arguments]
    dataset = dataset_of(Path(path.split(",")[0]).expanduser())
    return [*arguments] if dataset is None else [*arguments, f"data={dataset}"]


def dataset_of(path: Path) -> str | None:
    """What a run was trained on, by its config.yaml or, for a lone checkpoint, by the configuration inside."""
    folder = RunFolder.around(path)
    if folder.config.is_file():
        return folder.read_config().get("dataset")
    if path.is_file():
        from gan_lab.runs.checkpoint import read_checkpoint

        return read_checkpoint(path)["config"]["dataset"]
    return None

"""Finds the data set that a checkpoint was trained on. Imports torch only for a checkpoint without config.yaml."""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from gan_lab.cli.arguments import ELSEWHERE, elements, parsed
from gan_lab.cli.command import requested
from gan_lab.config.choices import choices
from gan_lab.errors import GanLabError
from gan_lab.runs.run_folder import BestOrLast, RunFolder, config_at, find_checkpoint, located
from gan_lab.trust.home import expanded

BOTH: tuple[BestOrLast, ...] = ("best", "last")


def on_its_dataset(run: Callable[[], object]) -> Callable[[], None]:
    """Returns the command with the checkpoint's data set as default for `data`.

    The command raises GanLabError where there is no checkpoint, or nothing at the path of images.
    """

    def start() -> None:
        refuse_missing(sys.argv[1:])
        sys.argv = [sys.argv[0], *with_dataset(sys.argv[1:])]
        run()

    return start


def with_dataset(arguments: Sequence[str]) -> list[str]:
    """Returns the command line, with the data set of its first checkpoint added where it names none."""
    checkpoints = paths("checkpoint", arguments)
    if not checkpoints or requested("data", arguments) is not None:
        return [*arguments]
    dataset = dataset_of(checkpoints[0])
    if dataset is None:
        return [*arguments]
    elsewhere = any(word.partition("=")[0] in ELSEWHERE or "hydra.searchpath" in word for word in arguments)
    if not (dataset in choices("data") or (elsewhere and re.fullmatch(r"\w+", dataset))):
        raise GanLabError(
            f"{checkpoints[0]} was trained on a data set called {dataset!r}, of which conf/data has no file: name the "
            f"data, data=CHOICE, one of {', '.join(choices('data'))}"
        )
    return [*arguments, f"data={dataset}"]


def refuse_missing(arguments: Sequence[str]) -> None:
    """Raises GanLabError where a path on the command line leads nowhere."""
    which = requested("which", arguments)
    for path in paths("checkpoint", arguments):
        for one in BOTH:
            if one in (which or "best").split(","):
                find_checkpoint(path, one)
    for path in paths("images", arguments):
        if not expanded(path).exists():
            raise GanLabError(f"{path} does not exist: images= takes a folder of images or a file")


def paths(key: str, arguments: Sequence[str]) -> list[str]:
    """Returns the paths that a command line gives a key, in a sweep several."""
    found = [argument for argument in arguments if argument.startswith(f"{key}=")]
    values = [value for argument in found[-1:] for value in elements(parsed(argument))]
    return [str(value) for value in values if value is not None]


def dataset_of(path: str | Path) -> str | None:
    """Returns the data set of a run or of a saved model, from the file of its configuration or, where there is none,
    from the configuration inside its checkpoint."""
    if config := config_at(path):
        found = config.get("dataset")
        return None if found is None else str(found)
    given = located(path)
    checkpoints = [given] if given.is_file() else [RunFolder(given).checkpoint(which) for which in BOTH]
    for checkpoint in checkpoints:
        if checkpoint.is_file():
            from gan_lab.runs.checkpoint import read_checkpoint

            return read_checkpoint(checkpoint)["config"]["dataset"]
    return None

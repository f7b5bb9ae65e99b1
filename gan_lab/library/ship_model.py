"""Lets a trained model come with gan_lab: `python -m gan_lab.library.ship_model RUN NAME`

The best checkpoint of the run becomes a folder of gan_lab/weights, which every command opens as checkpoint=NAME, and a
program with gan_lab.load("NAME").
"""

import argparse
import re
from pathlib import Path

from gan_lab.cli.command import heavy_imports, run_command
from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import replacing_folder
from gan_lab.runs.saved_folder import WEIGHTS, shipped_place

MOST = 6_000_000
"""Bytes of a model: everybody who installs gan_lab downloads it."""
NAME = re.compile(r"[a-z][a-z0-9_]*")


def ship(run: str, name: str, *, half: bool = False, replace: bool = False) -> Path:
    """Writes the model of a run folder, or of a checkpoint, under a name, and returns its folder.

    Raises GanLabError for a name that is no word, for one that is taken unless it is to be replaced, and for a model of
    more than 6 MB; nothing is written then.
    """
    if not NAME.fullmatch(name):
        raise GanLabError(f"{name} must begin with a small letter and have small letters, digits and _ alone")
    folder = shipped_place(name)
    if folder.exists() and not replace:
        raise GanLabError(
            f"{folder} is there, and somebody may have measured it: choose another name, or try --replace"
        )
    with heavy_imports():
        from gan_lab.trained_model import TrainedModel, chosen_device
    trained = TrainedModel.open(run, "best", chosen_device("cpu"))
    with replacing_folder(folder, overwrite=replace) as partial:
        trained.write(partial, half=half)
        if (size := (partial / WEIGHTS).stat().st_size) > MOST:
            advice = "choose smaller networks" if half else "try --half, or choose smaller networks"
            raise GanLabError(f"the weights have {size:,} bytes, and a model has at most {MOST:,}: {advice}")
    return folder


def main() -> None:
    """Ships the model that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m gan_lab.library.ship_model", description=__doc__)
    parser.add_argument("run", help="a run folder or a checkpoint")
    parser.add_argument("name", help="the name, such as best_mnist")
    parser.add_argument("--half", action="store_true", help="keep matrices and kernels in half precision")
    parser.add_argument("--replace", action="store_true", help="put it in the place of the model of this name")

    def start() -> None:
        options = parser.parse_args()
        folder = ship(options.run, options.name, half=options.half, replace=options.replace)
        print(f"{folder}: {(folder / WEIGHTS).stat().st_size:,} bytes")

    run_command(start)


if __name__ == "__main__":
    main()

"""What can be done with a run, as commands. Imports no torch."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan_lab.terminal.commands import assigned, bare, from_here, typed
from gan_lab.trust.lenient import listed, mapping

IN_A_BROWSER = (".MLPGenerator", ".DCGANGenerator")
"""How the names of the generators end that `gan_lab.explore` can show: their layers come one after another."""


def next_steps(config: Mapping[str, Any], folder: Path, finished: bool = True) -> dict[str, str]:
    """Returns the commands that measure, sample, show, prolong (or go on with) and compare a run, with what each does.

    Images of generators that a browser can compute are shown there, and runs that were recorded are replayed.
    """
    run, all_of_it = bare(from_here(folder)), bare(from_here(folder.parent))
    model = mapping(config.get("model"))
    points = len(listed(mapping(config.get("data")).get("shape"))) == 1
    drawn = ["format=npz"] if points else []
    shown = not points and str(mapping(model.get("generator")).get("_target_")).endswith(IN_A_BROWSER)
    recorded = "replay" in mapping(config.get("callbacks")) and model.get("critic") is not None
    resumed = [assigned("resume", from_here(folder))]
    key = "epochs" if config.get("generator_steps") is None else "generator_steps"
    if finished and isinstance(length := config.get(key), int | float):
        resumed.append(f"{key}={2 * length}")
    return {
        typed("gan_lab.evaluate", run): "measure it on the test data",
        typed("gan_lab.sample", run, "n=100", "out=samples", *drawn): "draw into files",
        **({typed("gan_lab.explore", run): "play with it in the browser"} if shown else {}),
        typed("gan_lab", *resumed): "train it longer" if finished else "go on with it",
        **({typed("gan_lab.replay", run): "watch how it was trained"} if recorded else {}),
        typed("gan_lab.compare", all_of_it): "compare runs",
    }

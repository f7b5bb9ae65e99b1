"""What a run, or a saved model, says was measured of one of its checkpoints. Imports no torch."""

from pathlib import Path
from typing import Any

from gan_lab.runs.run_folder import RunFolder
from gan_lab.runs.saved_folder import WEIGHTS, read_card
from gan_lab.trust.lenient import mapping, tamed

STEP = {"best": "best_step", "last": "generator_steps"}
"""The entry of summary.json that says of which step the measures of a checkpoint are."""


def numbers_of(checkpoint: Path, steps: int) -> dict[str, Any]:
    """Returns monitor, measures, intervals, those of real data (floor), protocol and command, as far as they are known.

    A summary tells of the best and of the last step alone; those of a checkpoint of another step are not known.
    """
    if checkpoint.name == WEIGHTS:
        return tamed(mapping(read_card(checkpoint.parent).get("numbers")))
    summary, which = tamed(RunFolder.around(checkpoint).read_summary()), checkpoint.stem
    measures = mapping(summary.get("measures"))
    if which not in STEP or which not in measures or summary.get(STEP[which]) != steps:
        return {}
    return {
        **{key: summary[key] for key in ("command", "monitor", "protocol") if key in summary},
        "measures": measures[which],
        "intervals": mapping(mapping(summary.get("intervals")).get(which)),
        "floor": mapping(measures.get("floor")),
    }

"""Recordings with chosen values, and the folders of runs that have them."""

from pathlib import Path

import numpy as np
import yaml

from gan_lab.replay.recording import CRITIC, GENERATOR, STEP, Recording, text_of
from gan_lab.runs.run_folder import RunFolder

MOMENTS = [(0.0, STEP), (0.5, CRITIC), (1.0, GENERATOR), (10.0, STEP), (20.0, STEP)]
CELLS, LINES = 6, 5


def recording(seed: int = 1, without: tuple[str, ...] = ()) -> Recording:
    """Five frames of random values, two of which are single turns."""
    random = np.random.default_rng(seed)
    made = Recording((0.5, -0.25, 2.0), random.normal(size=(30, 2)), modes=8, about={"codes": "2"})
    made.lacking = dict.fromkeys(without, "nobody knows it")
    shapes = {"score": (CELLS, CELLS), "fake": (20, 2), "gradient": (20, 2), "manifold": (LINES, LINES, 2)}
    for number, (time, turn) in enumerate(MOMENTS):
        frame = {name: random.normal(size=shape) for name, shape in shapes.items() if name not in without}
        made.add(time, turn, frame, {"emd": 1.0 / (1 + number), "js": 0.6, "modes": float(number)})
    return made


def write_recorded(folder: Path, kept: Recording, model: str = "gan") -> Path:
    """A run folder with a configuration and a recording."""
    folder.mkdir(parents=True)
    penalties = {"r1": {"_target_": "gan_lab.penalty.r1.R1"}} if model == "gan_r1" else {}
    parts = {"loss": {"_target_": "gan_lab.loss.non_saturating.NonSaturating"}, "penalties": penalties}
    config = {
        "model": parts,
        "data": {"shape": [2]},
        "variant": model,
        "name": model,
        "dataset": "ring",
        "seed": 1,
        "run_dir": str(folder),
    }
    RunFolder(folder).config.write_text(yaml.safe_dump(config))
    RunFolder(folder).replay.write_text(text_of(kept))
    return folder

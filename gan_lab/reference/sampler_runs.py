"""Trains the models on which samplers are measured, evaluates every sampler on them, and writes the results."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from gan_lab.config.compose import compose_config
from gan_lab.errors import GanLabError
from gan_lab.evaluate.__main__ import USED
from gan_lab.evaluate.run import evaluate
from gan_lab.reference.published import OUTPUTS, ROOT, SAMPLERS
from gan_lab.reference.sampler_page import tables
from gan_lab.reference.sampler_pictures import points_picture, save_cost_figures
from gan_lab.reference.sampler_plan import SMALL, TEST, TRAINING, folder_of, plan
from gan_lab.reference.sampler_records import collected
from gan_lab.runs.atomic import write_bytes, write_json, write_text
from gan_lab.runs.picture_file import save_picture
from gan_lab.runs.provenance import commit
from gan_lab.runs.run_folder import EVALUATION, RunFolder


def write_samplers(folder: Path | None, parts: Sequence[str], *, run: bool) -> None:
    """Trains and measures the missing parts of the plan if `run`, and writes the results of all evaluations.

    `folder` contains the run folders; None means outputs/samplers.
    """
    runs = folder or OUTPUTS / "samplers"
    for part in parts if run else ():
        trained = RunFolder(runs / part)
        if trained.read_summary().get("status") != "finished":
            afresh = (*TRAINING[part], f"hydra.run.dir='{trained.path}'")
            arguments = (f"resume='{trained.path}'",) if trained.resumable else afresh
            subprocess.run([sys.executable, "-m", "gan_lab", *arguments], check=True)
        for sampler, rest in tqdm(plan(part), part):
            to = folder_of(runs, part, sampler, rest)
            if not any((to / name).is_file() for name in (EVALUATION, "refused.json")):
                measure(part, runs / part, sampler, rest, to)
    collect(runs)
    print(f"results: {SAMPLERS}")


def measure(part: str, run: Path, sampler: str, rest: Sequence[str], to: Path) -> None:
    """Evaluates a sampler as `python -m gan_lab.evaluate` does; if it is refused, writes the error message instead."""
    own = () if part == "grid" else ("data=mnist",)  # the plan of the grid names its data
    arguments = [f"checkpoint='{run}'", *f"sampler={sampler}".split(), *rest, *own]
    config = compose_config(*arguments, f"run_dir='{to}'", root="evaluate", keys=[*USED])
    try:
        evaluate(config, arguments, "grid" if part == "grid" else "mnist")
    except GanLabError as error:
        refusal = {"sampler": sampler, "rest": [*rest], "sentence": str(error)}
        write_json(to / "refused.json", refusal | {"commit": commit(ROOT)})


def collect(runs: Path) -> None:
    """Writes samplers.json, tables.md and the figures of all finished evaluations."""
    kept = collected(runs)
    write_json(SAMPLERS / "samplers.json", kept)
    save_cost_figures(kept)
    for part in kept:
        chains = folder_of(runs, part, "ddls sampler.eps=0.05", SMALL[TEST]) / "figures" / "chains.png"
        if chains.is_file():
            write_bytes(SAMPLERS / part / "ddls_chains.png", chains.read_bytes())
    if "grid" in kept:
        picture = points_picture(runs, [row["sampler"] for row in kept["grid"]["rows"]])
        save_picture(picture, SAMPLERS / "grid" / "samples.png")
    write_text(SAMPLERS / "tables.md", tables(kept))

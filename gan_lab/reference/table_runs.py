"""Trains and measures the missing rows of the table, after using finished runs."""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from gan_lab.errors import GanLabError
from gan_lab.reference.finished_runs import clean, evaluated, finished_runs, keep
from gan_lab.reference.pages import write_pages
from gan_lab.reference.published import OUTPUTS, REFERENCE, ROOT, TABLE
from gan_lab.reference.row_records import current
from gan_lab.reference.row_settings import Settings, row_of, wanted_settings
from gan_lab.reference.rows import rows, seeds
from gan_lab.runs.provenance import commit

RUNS = OUTPUTS / "table"
Cell = tuple[str, int]
"""A row and a seed."""
ALSO = {
    "MNIST": "measure=[fid_mnistcnn_v1,fid_mnistcnn_v2_seed1,fid_random]",
    "FashionMNIST": "measure=[fid_random]",
}
"""The extractors besides the usual one, by the source of the data."""


def write_table(names: Sequence[str], only: Sequence[int] | None, folders: Sequence[Path], *, jobs: int) -> None:
    """Keeps the results of finished runs in the folders, trains the missing ones, `jobs` at a time, writes the pages.

    The pages come last: documents that differ from the commit would make it dirty for the runs that follow. With 0 jobs
    nothing is trained. Raises GanLabError if the code that would train is not committed, and at the end if runs failed.
    """
    wanted = wanted_settings()
    there = {(record["row"], record["seed"]) for record in current(TABLE, wanted)[0]}
    missing = [cell for cell in cells(names, only) if cell not in there]
    for folder in (*folders, RUNS):
        taken = collect(folder, {*missing}, wanted, TABLE)
        missing = [cell for cell in missing if cell not in taken]
    failed = trained(missing, wanted, jobs) if jobs and missing else []
    write_pages()
    print(f"results: {REFERENCE / 'README.md'}")
    if failed:
        raise GanLabError(f"these rows failed, see above: {', '.join(failed)}; run the same command to try them again")


def trained(missing: Sequence[Cell], wanted: dict[str, Settings], jobs: int) -> list[str]:
    """Trains and keeps the missing cells in their order, and returns those that failed, in words."""
    if not clean(commit(ROOT)):
        raise GanLabError("records are made by committed code: commit the changes of this checkout first")

    running: set[subprocess.Popen[bytes]] = set()

    def one(cell: Cell) -> bool:
        (name, seed), runs = cell, RUNS / f"{cell[0]}-seed{cell[1]}"
        arguments = (*rows()[name], f"seed={seed}", f"hydra.sweep.dir='{runs}'")
        with subprocess.Popen([sys.executable, "-m", "gan_lab", "-m", *arguments]) as training:
            running.add(training)
            done = training.wait() == 0
            running.remove(training)
        return done and bool(collect(runs, {cell}, wanted, TABLE))

    with ThreadPoolExecutor(jobs) as pool:
        try:
            kept = list(tqdm(pool.map(one, missing), "rows", len(missing)))
        except BaseException:  # whoever ends this command ends the trainings, which save a checkpoint
            pool.shutdown(wait=False, cancel_futures=True)
            for training in running:
                training.terminate()
            raise
    return [f"{name} seed {seed}" for (name, seed), is_kept in zip(missing, kept, strict=True) if not is_kept]


def cells(names: Sequence[str], only: Sequence[int] | None) -> list[Cell]:
    """Returns the wanted cells, ordered by seed: the first seed of all rows, then the second, and so on."""
    found = [(name, seed) for name in names for seed in (only or seeds(name))]
    return sorted(found, key=lambda cell: cell[1])  # a stable sort


def collect(runs: Path, missing: set[Cell], wanted: dict[str, Settings], folder: Path) -> set[Cell]:
    """Measures the finished runs below `runs` that belong to missing cells, keeps the results and returns the cells."""
    taken: set[Cell] = set()
    for run, settings, seed in finished_runs(runs):
        cell = (row_of(settings, wanted) or "", seed)
        if cell in missing - taken:
            if evaluated(run) is None:
                arguments = (f"checkpoint='{run}'", f"hydra.run.dir='{run / 'evaluation'}'", also(settings))
                subprocess.run([sys.executable, "-m", "gan_lab.evaluate", *arguments], check=True)
            keep(run, cell[0], settings, seed, folder)
            taken.add(cell)
    return taken


def also(settings: Settings) -> str:
    """Returns the override that measures FID by other extractors too."""
    return ALSO.get(str(settings.get("data.source")), "measure=[]")

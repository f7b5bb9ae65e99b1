"""Trains and measures the missing rows of the table, after using finished runs."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from gan_lab.errors import GanLabError
from gan_lab.reference.finished_runs import evaluated, finished_runs, keep
from gan_lab.reference.pages import write_pages
from gan_lab.reference.published import OUTPUTS, REFERENCE, TABLE
from gan_lab.reference.row_records import current
from gan_lab.reference.row_settings import Settings, row_of, wanted_settings
from gan_lab.reference.rows import rows, seeds

RUNS = OUTPUTS / "table"
Cell = tuple[str, int]
"""A row and a seed."""


def write_table(names: Sequence[str], only: Sequence[int] | None, folders: Sequence[Path], *, train: bool) -> None:
    """Keeps the results of finished runs in the folders, trains the missing ones, and writes the pages.

    Raises GanLabError at the end if runs failed.
    """
    wanted = wanted_settings()
    there = {(record["row"], record["seed"]) for record in current(TABLE, wanted)[0]}
    missing = [cell for cell in cells(names, only) if cell not in there]
    for folder in (*folders, RUNS):
        taken = collect(folder, {*missing}, wanted, TABLE)
        missing = [cell for cell in missing if cell not in taken]
    failed = []
    for name, seed in tqdm(missing if train else [], "rows"):
        arguments = (*rows()[name], f"seed={seed}", f"hydra.sweep.dir='{RUNS}'")
        trained = subprocess.run([sys.executable, "-m", "gan_lab", "-m", *arguments], check=False).returncode == 0
        if not (trained and collect(RUNS, {(name, seed)}, wanted, TABLE)):
            failed.append(f"{name} seed {seed}")
        write_pages()
    write_pages()
    print(f"results: {REFERENCE / 'README.md'}")
    if failed:
        raise GanLabError(f"these rows failed, see above: {', '.join(failed)}; run the same command to try them again")


def cells(names: Sequence[str], only: Sequence[int] | None) -> list[Cell]:
    """Returns the wanted cells, ordered by seed: the first seed of all rows, then the second, and so on."""
    found = [(name, seed) for name in names for seed in (only or seeds(name))]
    return sorted(found, key=lambda cell: cell[1])  # a stable sort


def collect(runs: Path, missing: set[Cell], wanted: dict[str, Settings], folder: Path) -> set[Cell]:
    """Measures the finished runs below `runs` that belong to missing cells, keeps the results and returns the cells."""
    taken: set[Cell] = set()
    for run, trained, seed in finished_runs(runs):
        cell = (row_of(trained, wanted) or "", seed)
        if cell in missing - taken:
            if evaluated(run) is None:
                arguments = (f"checkpoint='{run}'", f"hydra.run.dir='{run / 'evaluation'}'")
                subprocess.run([sys.executable, "-m", "gan_lab.evaluate", *arguments], check=True)
            keep(run, cell[0], trained, seed, folder)
            taken.add(cell)
    return taken

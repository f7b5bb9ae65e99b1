"""python -m gan_lab.reference.run: the rows of experiment=table, measured on test images.

Finished runs in --runs folders are taken over, and what is missing then is trained, one run after the other. All goes
to outputs/reference/table/: a JSON for each row and seed, curves, samples and figures; then outputs/reference/README.md
and the project's README are written anew. The same command goes on where it was stopped. Many at once:
python -m gan_lab -m experiment=table seed=1,2,3 hydra.sweep.dir=outputs/table with any launcher, and then --collect.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from tqdm import tqdm

from gan_lab.reference import pages as readme
from gan_lab.reference.row_figures import RESULT
from gan_lab.reference.row_records import current, evaluated, finished_runs, keep
from gan_lab.reference.rows import Settings, row_of, rows, seeds, wanted_settings

RUNS = Path("outputs/table")
Cell = tuple[str, int]


def cells(names: list[str], only: list[int] | None) -> list[Cell]:
    """What is wanted: the first seed of all rows, then the second, ..."""
    found = [(name, seed) for name in names for seed in (only or seeds(name))]
    return sorted(found, key=lambda cell: cell[1])  # sorts stably


def collect(runs: Path, missing: set[Cell], wanted: dict[str, Settings], folder: Path) -> set[Cell]:
    """Measures the finished runs below `runs` that belong to missing cells, keeps them and returns their cells."""
    taken: set[Cell] = set()
    for run, trained, seed in finished_runs(runs):
        cell = (row_of(trained, wanted) or "", seed)
        if cell in missing - taken:
            if evaluated(run) is None:
                arguments = (f"checkpoint={run}", f"hydra.run.dir={run / 'evaluation'}")
                subprocess.run([sys.executable, "-m", "gan_lab.evaluate", *arguments], check=True)
            keep(run, cell[0], trained, seed, folder)
            taken.add(cell)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=lambda words: words.split(","), default=[*rows()], help="names, by commas")
    parser.add_argument("--seeds", type=lambda words: [int(word) for word in words.split(",")], help="by commas")
    parser.add_argument(
        "--runs", type=Path, nargs="*", default=[], help="folders with runs that were trained elsewhere"
    )
    parser.add_argument(
        "--collect", action="store_true", help="train nothing, only measure and collect what is finished"
    )
    options = parser.parse_args()
    if unknown := set(options.rows) - rows().keys():
        parser.error(f"no rows: {', '.join(sorted(unknown))}; there are {', '.join(rows())}")
    wanted = wanted_settings()
    there = {(record["row"], record["seed"]) for record in current(RESULT, wanted)[0]}
    missing = [cell for cell in cells(options.rows, options.seeds) if cell not in there]
    for runs in (*options.runs, RUNS):
        taken = collect(runs, {*missing}, wanted, RESULT)
        missing = [cell for cell in missing if cell not in taken]
    failed = []
    for name, seed in [] if options.collect else tqdm(missing, "rows"):
        arguments = (*rows()[name], f"seed={seed}", f"hydra.sweep.dir={RUNS}")
        trained = subprocess.run([sys.executable, "-m", "gan_lab", "-m", *arguments], check=False).returncode == 0
        if not (trained and collect(RUNS, {(name, seed)}, wanted, RESULT)):
            failed.append(f"{name} seed {seed}")
        readme.write()
    readme.write()
    print(f"result: {RESULT.parent}/README.md")
    if failed:
        sys.exit(f"not trained, see above: {', '.join(failed)}; the same command tries them again")


if __name__ == "__main__":
    main()

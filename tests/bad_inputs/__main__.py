"""python -m tests.bad_inputs: gives wrong inputs to everything that reads, and counts what becomes of them.

At least a dozen for each group of conf/, each command and each kind of file, more than a thousand in all, in this
process. What is refused must be refused in one sentence: a traceback, a hang or nonsense that is accepted makes the
exit status 1. The counts are written to outputs/reference/bad_inputs.json.
"""

import argparse
import os
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from random import Random

import torch
from tqdm import tqdm

from gan_lab.config.resolvers import register_resolvers
from gan_lab.runs.atomic import write_json
from gan_lab.runs.provenance import provenance
from tests.bad_inputs.files import of_files
from tests.bad_inputs.lines import of_lines
from tests.bad_inputs.options import of_commands, of_groups
from tests.bad_inputs.outcome import Outcome
from tests.commands import QUICK, gan_lab, run_folders
from tests.documents import SHORT

RESULT = Path("outputs/reference/bad_inputs.json")
KINDS = ("clear", "accepted", "traceback", "hang", "nonsense")
WRONG = ("traceback", "hang", "nonsense")


def main() -> None:
    """Exits with an error where something was not refused as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.bad_inputs", description="Give wrong inputs to everything.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=("groups", "commands", "files", "lines"), help="these alone, and no record")
    arguments = parser.parse_args()
    register_resolvers()
    warnings.simplefilter("ignore")
    root = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        found = outcomes(Random(arguments.seed), Path(folder), arguments.only)
    for one in found:
        if one.kind in WRONG:
            print(f"{one.kind}: {one.place}: {one.given}: {one.said}")
    record = {
        "command": "python -m tests.bad_inputs",
        "seed": arguments.seed,
        "inputs": len(found),
        **counts(found),
        "places": {place: counts([one for one in found if one.place == place]) for place in places(found)},
        **provenance(torch.device("cpu"), 1),
    }
    if arguments.only is None:
        write_json(root / RESULT, record)
    print(f"{len(found)} inputs: {counts(found)}")
    sys.exit(1 if any(one.kind in WRONG for one in found) else 0)


def outcomes(random: Random, folder: Path, only: str | None) -> list[Outcome]:
    """What becomes of all inputs, after a run and a search whose files are spoilt."""
    gan_lab("model=gan", "data=digits", *SHORT, cwd=folder)
    (run,) = run_folders(folder)
    search = ("-m", "sweep=search", "model=gan", *QUICK, "generator_steps=2", "hydra.sweeper.n_trials=2")
    gan_lab(*search, f"hydra.sweep.dir={folder}/search", cwd=folder)
    copies = folder / "copies"
    copies.mkdir()
    os.chdir(folder)
    every = {
        "groups": lambda: of_groups(random, run),
        "commands": lambda: of_commands(random, run),
        "files": lambda: of_files(random, run, folder / "search", copies),
        "lines": lambda: of_lines(random, run, folder / "search", copies),
    }
    chosen = [only] if only else [*every]
    return [one for name in chosen for one in tqdm(every[name](), name, leave=False)]


def counts(found: list[Outcome]) -> dict[str, int]:
    number = Counter(one.kind for one in found)
    return {kind: number[kind] for kind in KINDS}


def places(found: list[Outcome]) -> list[str]:
    return [*dict.fromkeys(one.place for one in found)]


if __name__ == "__main__":
    main()

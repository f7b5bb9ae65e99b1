"""python -m gan_lab.reference.ablation: what each part of experiment=best_mnist brings, and what it is without it.

Trains experiment=sweep_best_mnist (half an hour on one core; goes on where it was) and writes
outputs/reference/best_mnist.json, which the page of the table shows.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from gan_lab.reference import pages as readme
from gan_lab.reference.row_records import MEASURES
from gan_lab.runs.atomic import write_json
from gan_lab.runs.run_folder import RunFolder
from gan_lab.sweep.jobs import read_jobs

RUNS = Path("outputs/sweep_best_mnist")
RESULT = Path("outputs/reference/best_mnist.json")


def collected(sweep: Path) -> dict[str, Any]:
    """Of each job, by what it changes, the measures of its last checkpoint on the validation images."""
    rows: dict[str, Any] = {}
    about: dict[str, Any] = {}
    for job in read_jobs(sweep):
        summary = RunFolder(sweep / job["folder"]).read_summary()
        changed = " ".join(word for word in job["overrides"] if not word.startswith("experiment="))
        last = summary["measures"]["last"]
        rows[changed] = {name: last[name] for name in MEASURES if name in last} | {"seconds": summary["seconds"]}
        about = {key: summary[key] for key in ("seed", "generator_steps", "protocol", "machine")}
    return about | {"command": "python -m gan_lab -m experiment=sweep_best_mnist", "rows": rows}


if __name__ == "__main__":
    arguments = ("-m", "experiment=sweep_best_mnist", f"hydra.sweep.dir={RUNS}", *sys.argv[1:])
    subprocess.run([sys.executable, "-m", "gan_lab", *arguments], check=True)
    write_json(RESULT, collected(RUNS))
    readme.write()
    print(f"result: {RESULT}")

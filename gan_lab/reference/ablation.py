"""Trains experiment=best_mnist with one part changed at a time, which shows what each part contributes."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from gan_lab.reference.pages import write_pages
from gan_lab.reference.published import OUTPUTS, REFERENCE, Record
from gan_lab.reference.row_records import MEASURES
from gan_lab.runs.atomic import write_json
from gan_lab.runs.jobs import read_jobs
from gan_lab.runs.run_folder import RunFolder

RUNS = OUTPUTS / "sweep_best_mnist"
RESULT = REFERENCE / "best_mnist.json"


def write_ablation(overrides: Sequence[str]) -> None:
    """Trains experiment=sweep_best_mnist with these overrides, or continues it; writes best_mnist.json and pages."""
    arguments = ("-m", "experiment=sweep_best_mnist", f"hydra.sweep.dir='{RUNS}'", *overrides)
    subprocess.run([sys.executable, "-m", "gan_lab", *arguments], check=True)
    write_json(RESULT, measured_changes(RUNS))
    write_pages()
    print(f"results: {RESULT}")


def measured_changes(sweep: Path) -> Record:
    """Returns the measures of each job's last checkpoint on the validation images, by what the job changes, and their
    floor."""
    rows: Record = {}
    about: Record = {}
    for job in read_jobs(sweep):
        summary = RunFolder(sweep / job["folder"]).read_summary()
        changed = " ".join(word for word in job["overrides"] if not word.startswith("experiment="))
        last = summary["measures"]["last"]
        rows[changed] = {name: last[name] for name in MEASURES if name in last} | {"seconds": summary["seconds"]}
        about = {key: summary[key] for key in ("seed", "generator_steps", "protocol", "machine")}
        about["floor"] = {name: value for name, value in summary["measures"]["floor"].items() if name in MEASURES}
    return about | {"command": "python -m gan_lab -m experiment=sweep_best_mnist", "rows": rows}

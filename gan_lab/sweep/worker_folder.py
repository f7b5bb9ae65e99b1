"""The folders of the processes of one search, side by side: `worker_1`, `worker_2` and so on. Imports no Optuna."""

from contextlib import ExitStack
from pathlib import Path

from gan_lab.runs.jobs import is_sweep, read_jobs, read_shared
from gan_lab.runs.lock import held, locked
from gan_lab.runs.state import OVER, state
from gan_lab.runs.system_lock import lockable


def own_folder(search: Path, until: ExitStack) -> Path:
    """Returns a folder of a search that no process uses, and locks it until the end of `until`: one with a run that a
    killed process left, if there is any."""
    names = [f"worker_{number}" for number in range(1, 2 + len([*search.glob("worker_*")]))]
    for folder in sorted((search / name for name in names), key=lambda path: not left_over(path)):
        folder.mkdir(parents=True, exist_ok=True)
        if locked(until.enter_context(lockable(folder.resolve()))):
            return folder
    return own_folder(search, until)  # another process was quicker


def left_over(sweep: Path) -> bool:
    """Returns whether a sweep has begun a job that did not come to an end."""
    jobs = read_jobs(sweep) if is_sweep(sweep) else []
    return any(state(sweep / job["folder"]).status not in (*OVER, "failed") for job in jobs)


def dead_beside(folder: Path) -> set[str]:
    """Returns the names of the workers whose folders lie beside this one and which no process uses."""
    others = [path for path in folder.parent.glob("worker_*") if path != folder and is_sweep(path) and not held(path)]
    return {name for path in others if (name := read_shared(path).get("worker"))}

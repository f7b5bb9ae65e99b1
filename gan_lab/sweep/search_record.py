"""Optuna's record of a search: a journal in the folder of the sweep, shared by processes and safe against crashes."""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.trial import FrozenTrial, TrialState

from gan_lab.errors import GanLabError
from gan_lab.runs.jobs import JOURNAL
from gan_lab.runs.lock import wait_for
from gan_lab.runs.system_lock import lockable
from gan_lab.terminal.commands import from_here


class JournalLock(JournalFileOpenLock):
    """Locks the journal while it is written to. The system releases the lock of a process that dies, so that none is
    left behind, as Optuna's own locks are. What such a process left of a line, which would make the journal unreadable,
    is removed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def acquire(self) -> bool:
        self.held = ExitStack()
        descriptor = self.held.enter_context(lockable(self.path))
        wait_for(descriptor, f"another process is writing to {from_here(self.path)}: waiting until it is done")
        mend(self.path)
        return True

    def release(self) -> None:
        self.held.close()


def open_study(folder: Path, pruner: optuna.pruners.BasePruner | None = None) -> optuna.Study:
    """Opens the study of the folder, a new one if there is none."""
    return open_journal(folder.absolute() / JOURNAL, "search", pruner)


def open_journal(path: Path, name: str, pruner: optuna.pruners.BasePruner | None = None) -> optuna.Study:
    """Opens the study of this name in a journal, a new one if there is none. Raises GanLabError for a damaged journal,
    and for one that is a link or no file."""
    refuse_no_file(path)
    try:
        path.touch()
        lock = JournalLock(path)
        lock.acquire()  # removes what is left of a line
        lock.release()
        storage = JournalStorage(JournalFileBackend(str(path), lock))
        study = optuna.create_study(storage=storage, study_name=name, load_if_exists=True, pruner=pruner)
        study.get_trials()
    except (ValueError, AssertionError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise GanLabError(
            f"{path} is damaged ({type(error).__name__}): move it away, and the search begins anew with the runs there"
        ) from error
    return study


def refuse_no_file(path: Path) -> None:
    """Raises GanLabError for a journal that is a link, and for one that is no file, such as a pipe, from which one
    would read forever."""
    if path.is_symlink():
        raise GanLabError(f"{path} is a link, and a search writes into no file that lies elsewhere: remove it")
    if path.exists() and not path.is_file():
        raise GanLabError(f"{path} is no file, so that it is not the journal of a search: remove it")


def mend(path: Path) -> None:
    """Removes an incomplete last line of a journal, which is locked."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        if file.read(1) not in (b"", b"\n"):
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)


def asked(study: optuna.Study) -> int:
    """Returns how many trials were asked for, in whichever way they ended."""
    return sum(trial.state is not TrialState.WAITING for trial in study.get_trials(deepcopy=False))


def values(trial: FrozenTrial | optuna.Trial) -> list[str]:
    """Returns the parameters of a trial as overrides."""
    return [f"{key}={value}" for key, value in trial.params.items()]


def running_trial(
    study: optuna.Study, overrides: Sequence[str], wanted: Callable[[FrozenTrial], bool] = lambda trial: True
) -> optuna.Trial | None:
    """Returns the running trial of the job with these overrides, of those that are `wanted`, None if there is none."""
    running = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
    found = next((trial for trial in running if {*values(trial)} <= {*overrides} and wanted(trial)), None)
    return None if found is None else optuna.Trial(study, found._trial_id)

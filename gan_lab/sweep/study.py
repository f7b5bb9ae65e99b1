"""Optuna's record of a search: a journal in the folder of the sweep, shared by processes and safe against crashes."""

import os
from collections.abc import Sequence
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.storages.journal._file import BaseJournalFileLock
from optuna.trial import FrozenTrial, TrialState

from gan_lab.errors import GanLabError
from gan_lab.runs.jobs import JOURNAL
from gan_lab.runs.lock import wait_for


class JournalLock(BaseJournalFileLock):
    """Locks the journal while it is written to. The system releases the lock of a process that dies, so that none is
    left behind, as Optuna's own locks are."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def acquire(self) -> bool:
        self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        wait_for(
            self.descriptor, f"another process is writing to {os.path.relpath(self.path)}: waiting until it is done"
        )
        return True

    def release(self) -> None:
        os.close(self.descriptor)


def open_study(folder: Path, pruner: optuna.pruners.BasePruner | None = None) -> optuna.Study:
    """Opens the study of the folder, a new one if there is none. Raises GanLabError for a damaged journal, and for one
    that is a link or no file."""
    path = journal_of(folder)
    try:
        storage = JournalStorage(JournalFileBackend(str(path), JournalLock(path)))
        study = optuna.create_study(storage=storage, study_name="search", load_if_exists=True, pruner=pruner)
        study.get_trials()
    except (ValueError, AssertionError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise GanLabError(
            f"{path} is damaged ({type(error).__name__}): move it away, and the search begins anew with the runs there"
        ) from error
    return study


def journal_of(folder: Path) -> Path:
    """Returns the path of the journal. Raises GanLabError for a link and for what is no file, such as a pipe, from
    which one would read forever."""
    path = folder.absolute() / JOURNAL
    if path.is_symlink():
        raise GanLabError(f"{path} is a link, and a search writes into no file that lies elsewhere: remove it")
    if path.exists() and not path.is_file():
        raise GanLabError(f"{path} is no file, so that it is not the journal of a search: remove it")
    return path


def mend(folder: Path) -> None:
    """Removes an incomplete last line of the journal, which a killed process left and which would make it
    unreadable."""
    path = journal_of(folder)
    if not path.is_file():
        return
    lock = JournalLock(path)
    lock.acquire()
    try:
        content = path.read_bytes()
        if not content.endswith(b"\n"):
            with path.open("r+b") as file:
                file.truncate(content.rfind(b"\n") + 1)
    finally:
        lock.release()


def values(trial: FrozenTrial | optuna.Trial) -> list[str]:
    """Returns the parameters of a trial as overrides."""
    return [f"{key}={value}" for key, value in trial.params.items()]


def running_trial(study: optuna.Study, overrides: Sequence[str]) -> optuna.Trial | None:
    """Returns the running trial of the job with these overrides, None if there is none."""
    running = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
    found = next((trial for trial in running if {*values(trial)} <= {*overrides}), None)
    return None if found is None else optuna.Trial(study, found._trial_id)

"""Optuna's record of a search: a journal in the folder of the sweep, shared by processes and safe against crashes."""

from collections.abc import Sequence
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.trial import FrozenTrial, TrialState

from gan_lab.errors import GanLabError
from gan_lab.runs.jobs import JOURNAL


def open_study(folder: Path, pruner: optuna.pruners.BasePruner | None = None) -> optuna.Study:
    """Opens the study of the folder, a new one if there is none. Raises GanLabError for a damaged journal, and for one
    that is a link."""
    path = folder.absolute() / JOURNAL
    if path.is_symlink():
        raise GanLabError(f"{path} is a link, and a search writes into no file that lies elsewhere: remove it")
    try:
        storage = JournalStorage(JournalFileBackend(str(path), JournalFileOpenLock(str(path))))
        study = optuna.create_study(storage=storage, study_name="search", load_if_exists=True, pruner=pruner)
        study.get_trials()
    except (ValueError, AssertionError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise GanLabError(
            f"{path} is damaged ({type(error).__name__}): move it away, and the search begins anew with the runs there"
        ) from error
    return study


def mend(folder: Path) -> None:
    """Removes an incomplete last line of the journal, which a killed process left and which would make it
    unreadable."""
    path = folder.absolute() / JOURNAL
    if not path.is_file():
        return
    lock = JournalFileOpenLock(str(path))
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

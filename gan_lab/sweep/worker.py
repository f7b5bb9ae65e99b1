"""A process among several that share a search: which trials are its own, and which those of a dead one."""

import threading
import time
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager, suppress

import optuna
from optuna.exceptions import StorageInternalError, UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError

OWNER, SEEN = "worker", "seen"
"""The attributes of a running trial: who runs it, and when it last gave a sign of life, in seconds since 1970."""


class Worker:
    """A process of a shared search, called `name`. It takes over a trial whose process was silent for `patience`
    seconds.

    Optuna's own heartbeat is for databases alone, and makes a second trial of one whose process died. These signs of
    life are attributes, which a journal has too, and the trial stays one. The clocks of the machines must agree to
    within a fraction of `patience`.
    """

    def __init__(self, name: str, patience: float) -> None:
        self.name = name
        self.patience = patience

    def owns(self, trial: FrozenTrial) -> bool:
        return trial.user_attrs.get(OWNER) == self.name

    def may_take(self, trial: FrozenTrial, dead: Container[str] = ()) -> bool:
        """Returns whether a running trial is this worker's, or that of a process that is dead: one of those whose names
        are known to be, one that was silent for long, or one that died as it asked. Only in a turn: so nobody else is
        asking meanwhile."""
        owner, seen = trial.user_attrs.get(OWNER), trial.user_attrs.get(SEEN)
        silent = not isinstance(seen, int | float) or time.time() - seen > self.patience
        return owner is None or self.owns(trial) or owner in dead or silent

    def take(self, study: optuna.Study, trials: Sequence[int]) -> None:
        """Makes these running trials its own. Only in a turn."""
        for frozen in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            if frozen.number in trials:
                trial = optuna.Trial(study, frozen._trial_id)
                trial.set_user_attr(SEEN, time.time())
                trial.set_user_attr(OWNER, self.name)

    def sign(self, study: optuna.Study) -> None:
        """Gives a sign of life for all trials that are still its own."""
        for frozen in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            if self.owns(frozen):
                optuna.Trial(study, frozen._trial_id).set_user_attr(SEEN, time.time())

    @contextmanager
    def alive(self, study: optuna.Study) -> Iterator[None]:
        """Gives signs of life during the block."""
        over = threading.Event()

        def give() -> None:
            while not over.wait(self.patience / 4):
                # a database that is away for a while, and a trial that has just ended
                with suppress(StorageInternalError, SQLAlchemyError, OSError, UpdateFinishedTrialError):
                    self.sign(study)

        thread = threading.Thread(target=give, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

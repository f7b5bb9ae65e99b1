"""A search by Optuna that is recorded in its folder and can be continued."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Container, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf, read_write

from gan_lab.domains import Positive, PositiveInt, conform
from gan_lab.errors import GanLabError
from gan_lab.runs.alone import alone
from gan_lab.runs.state import state
from gan_lab.sweep.base import Sweep, without
from gan_lab.sweep.worker_folder import dead_beside, own_folder
from gan_lab.terminal.commands import typed

if TYPE_CHECKING:
    import optuna
    from optuna.trial import FrozenTrial


class SearchSweep(Sweep):
    """Minimises the measure by `n_trials` runs, whose values `sampler` suggests from the results of earlier ones.

    The space consists of `search` in the configuration, which a model's yaml sets, then `params`, then the ranges on
    the command line, in Hydra's syntax: `tag(log,interval(1e-5,1e-3))`, `int(interval(2,9))`, `range(1,6)`,
    `choice(a,b)`. The first trial has the values of the configuration. Each suggestion is seeded by `seed` and the
    number of earlier trials, so that a search that was killed continues with the same suggestions. The callback
    `pruning` stops runs that are behind. With a `storage` (`SharedStudy`), any number of processes run trials of the
    one search: each has a folder of its own, `worker_1` and so on, in that of the search; they ask in turns, so that no
    two get the same seed and there are `n_trials` in all; the trial of a process that gave no sign of life for
    `patience` seconds is run by another. Raises GanLabError for an empty space.
    """

    kind = "search"
    failed = "the search went on without them"

    def __init__(
        self,
        *,
        params: Mapping[str, str],
        max_batch_size: int | None,
        n_trials: int,
        seed: int,
        sampler: Callable[..., Any],
        storage: str | None = None,
        patience: int | float = 300,
    ) -> None:
        super().__init__(params=params, max_batch_size=max_batch_size)
        self.storage = storage
        self.shared: Any = None  # a SharedStudy, whose module imports Optuna
        self.worker: Any = None  # a Worker, of a shared search
        self.patience = conform(patience, Positive, "hydra.sweeper.patience")
        self.n_trials = conform(n_trials, PositiveInt, "hydra.sweeper.n_trials")
        self.seed = seed
        self.sampler = sampler

    def place(self, folder: Path) -> Path:
        """Returns the folder of the jobs; of a shared search, one in it that no process uses, locked from now on."""
        if self.storage is None:
            return folder
        from gan_lab.sweep.shared_study import ADDRESS, SharedStudy

        self.shared = SharedStudy(self.storage, folder.name)
        os.environ[ADDRESS] = self.shared.address
        self.held = ExitStack()
        return own_folder(folder, self.held)

    def setup(self, *, hydra_context: HydraContext, task_function: Callable[[Any], Any], config: DictConfig) -> None:
        with read_write(config):  # the jobs' own configurations are written into files, and this may hold a password
            config.hydra.sweeper.storage = None
            config.hydra.overrides.hydra = without(config, "hydra.sweeper.storage=")
        super().setup(hydra_context=hydra_context, task_function=task_function, config=config)

    def alone(self) -> AbstractContextManager[object]:
        return super().alone() if self.storage is None else self.held

    def run(self, arguments: list[str]) -> None:
        import optuna

        from gan_lab.sweep.search_record import asked, open_study
        from gan_lab.sweep.worker import Worker

        optuna.logging.set_verbosity(logging.WARNING)
        self.read_space(arguments)
        with self.turn():
            study = open_study(self.folder) if self.shared is None else self.shared.open()
            self.refuse_another(study)
            if not study.trials:
                study.enqueue_trial(self.own_values())
        if self.shared is not None:
            self.worker = Worker(self.jobs.share(self.shared.name), self.patience)
            print(f"search: {self.shared.name} in {self.shared}, {self.n_trials} trials in all")
        progress = self.progress(self.n_trials)
        progress.start()
        try:
            while trials := self.next_trials(study):
                numbers = [self.enter([*self.fixed, *values]) for _, values in trials]
                progress.folders = self.jobs.folders(range(len(self.jobs)))
                if self.shared is not None:  # of which others run some
                    progress.total = len(self.jobs) + max(0, self.n_trials - asked(study))
                with self.alive(study):
                    self.launch(sorted({*numbers}), progress)
                with self.turn():
                    for (trial, _), number in zip(trials, numbers, strict=True):
                        self.tell(study, trial, number)
            progress.total = len(self.jobs)
        finally:
            progress.end()
        with self.turn():
            self.report(study)
        self.conclude(range(len(self.jobs)))

    def turn(self) -> AbstractContextManager[object]:
        """Keeps the other processes of a shared search from asking meanwhile."""
        return nullcontext() if self.shared is None else self.shared.turn()

    def alive(self, study: optuna.Study) -> AbstractContextManager[object]:
        """Tells the other processes of a shared search that this one is alive."""
        return nullcontext() if self.worker is None else self.worker.alive(study)

    def next_trials(self, study: optuna.Study) -> list[tuple[int, list[str]]]:
        """Returns the trials to run now, those that are not finished before new ones; none at the end."""
        with self.turn():
            trials = self.unfinished(study) or self.suggested(study)
            if self.worker is not None:  # a process that was killed beside this one may have come back until now
                trials = trials or self.unfinished(study, dead_beside(self.folder))
                self.worker.take(study, [number for number, _ in trials])
        return trials

    def read_space(self, arguments: list[str]) -> None:
        """Splits the overrides into the search space and those common to all trials, and checks that both compose: of
        the space every choice, and both ends of what lies between two."""
        from gan_lab.sweep.space import corners, divided

        own = OmegaConf.select(self.config, "search") or {}
        self.params = {**{key: text for key, text in own.items() if text is not None}, **self.params}
        self.fixed, self.space = divided(self.parsed(arguments))
        self.default = self.composed(0, self.fixed)
        for chosen in corners(self.space):
            self.composed(0, [*self.fixed, *chosen])

    def refuse_another(self, study: optuna.Study) -> None:
        """Raises GanLabError where the folder holds a search of another space, from which this one cannot learn."""
        own = {"fixed": sorted(self.fixed), "space": {key: str(kind) for key, kind in self.space.items()}}
        if study.user_attrs.get("search", own) != own:
            raise GanLabError(self.another)
        study.set_user_attr("search", own)

    @property
    def another(self) -> str:
        """The sentence for a folder with the journal of a search that is not this one."""
        return (
            f"{self.shared or self.folder} holds another search: give this one a folder of its own with hydra.sweep.dir"
        )

    def own_values(self) -> dict[str, Any]:
        """Returns the values of the configuration for the keys of the space, where the space contains them."""
        from gan_lab.sweep.space import own_value

        selected = {key: OmegaConf.select(self.default, key) for key in self.space}
        plain = {k: OmegaConf.to_container(v) if OmegaConf.is_config(v) else v for k, v in selected.items()}
        found = {key: own_value(kind, plain[key]) for key, kind in self.space.items()}
        return {key: value for key, value in found.items() if value is not None}

    def unfinished(self, study: optuna.Study, dead: Container[str] = ()) -> list[tuple[int, list[str]]]:
        """Returns the trials that an earlier call did not finish, or a process that is `dead`. One without all of its
        suggestions gets them. One with a value that this space does not have is discarded: the record may be somebody
        else's."""
        from optuna.trial import TrialState

        from gan_lab.sweep.search_record import values
        from gan_lab.sweep.space import within

        running: list[FrozenTrial] = study.get_trials(states=(TrialState.RUNNING,))
        if self.worker is not None:
            running = [trial for trial in running if self.worker.may_take(trial, dead)][: self.max_batch_size or 1]
        whole = [
            self.suggest_again(study, trial) if trial.params.keys() < self.space.keys() else trial for trial in running
        ]
        for trial in whole:
            if not within(self.space, trial.params):
                study.tell(trial.number, state=TrialState.FAIL)
        return [(trial.number, values(trial)) for trial in whole if within(self.space, trial.params)]

    def suggest_again(self, study: optuna.Study, asked: FrozenTrial) -> FrozenTrial:
        """Returns a trial with the suggestions that it would have got, had its process not been killed meanwhile."""
        from optuna import Trial

        study.sampler = self.sampler(seed=self.seed + asked.number)
        trial = Trial(study, asked._trial_id)
        with suppress(ValueError):  # another kind of value is there
            for key, kind in self.space.items():
                trial._suggest(key, kind)
        return study.get_trials()[asked.number]

    def suggested(self, study: optuna.Study) -> list[tuple[int, list[str]]]:
        """Returns new trials, as many as may run at once."""
        from optuna.trial import TrialState

        from gan_lab.sweep.search_record import asked, values
        from gan_lab.sweep.space import within

        trials = []
        for _ in range(self.max_batch_size or 1):
            if (number := asked(study)) < self.n_trials:
                study.sampler = self.sampler(seed=self.seed + number)
                try:
                    trial = study.ask(self.space)
                except ValueError as error:  # an earlier trial had another kind of value
                    raise GanLabError(self.another) from error
                if within(self.space, trial.params):
                    trials.append((trial.number, values(trial)))
                else:
                    study.tell(trial.number, state=TrialState.FAIL)
        return trials

    def tell(self, study: optuna.Study, trial: int, number: int) -> None:
        """Reports the result of a trial's job to Optuna."""
        from optuna.trial import TrialState

        found = state(*self.jobs.folders([number]))
        if found.best is not None:
            told: dict[str, Any] = {"values": found.best}
        else:
            told = {"state": TrialState.PRUNED if found.status == "pruned" else TrialState.FAIL}
        # where it was taken for dead, another process may have finished it meanwhile
        study.tell(trial, **told, skip_if_finished=self.shared is not None)

    def report(self, study: optuna.Study) -> None:
        """Prints the command of the best trial."""
        from optuna.trial import TrialState

        from gan_lab.sweep.search_record import values

        if elsewhere := len(study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))):
            print(f"{elsewhere} of {self.n_trials} trials are still running in other processes")
        if study.get_trials(states=(TrialState.COMPLETE,)):
            best = study.best_trial
            print(f"best of {len(study.trials)} trials, {best.value:.4g}:")
            print(f"  {typed('gan_lab', *alone([*self.fixed, *values(best)]))}")

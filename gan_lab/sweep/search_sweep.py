"""A search by Optuna that is recorded in its folder and can be continued."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from omegaconf import OmegaConf

from gan_lab.domains import PositiveInt, conform
from gan_lab.errors import GanLabError
from gan_lab.runs.state import state
from gan_lab.sweep.base import Sweep
from gan_lab.terminal.commands import typed

if TYPE_CHECKING:
    import optuna
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial


class SearchSweep(Sweep):
    """Minimises the measure by `n_trials` runs, whose values `sampler` suggests from the results of earlier ones.

    The space consists of `search` in the configuration, which a model's yaml sets, then `params`, then the ranges on
    the command line, in Hydra's syntax: `tag(log,interval(1e-5,1e-3))`, `int(interval(2,9))`, `range(1,6)`,
    `choice(a,b)`. The first trial has the values of the configuration. Each suggestion is seeded by `seed` and the
    number of earlier trials, so that a search that was killed continues with the same suggestions. The callback
    `pruning` stops runs that are behind. Raises GanLabError for an empty space.
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
    ) -> None:
        super().__init__(params=params, max_batch_size=max_batch_size)
        self.n_trials = conform(n_trials, PositiveInt, "hydra.sweeper.n_trials")
        self.seed = seed
        self.sampler = sampler

    def run(self, arguments: list[str]) -> None:
        import optuna

        from gan_lab.sweep.study import mend, open_study

        optuna.logging.set_verbosity(logging.WARNING)
        self.read_space(arguments)
        mend(self.folder)
        study = open_study(self.folder)
        self.refuse_another(study)
        if not study.trials:
            study.enqueue_trial(self.own_values())
        progress = self.progress(self.n_trials)
        progress.start()
        try:
            while trials := self.unfinished(study) or self.suggested(study):
                numbers = [self.enter([*self.fixed, *values]) for _, values in trials]
                progress.folders = self.jobs.folders(range(len(self.jobs)))
                self.launch(sorted({*numbers}), progress)
                for (trial, _), number in zip(trials, numbers, strict=True):
                    self.tell(study, trial, number)
        finally:
            progress.end()
        self.report(study)
        self.conclude(range(len(self.jobs)))

    def read_space(self, arguments: list[str]) -> None:
        """Splits the overrides into the search space and those common to all trials, and checks that both compose: of
        the space every choice, and both ends of what lies between two."""
        from gan_lab.sweep.space import distribution, extremes

        own = OmegaConf.select(self.config, "search") or {}
        self.params = {**{key: text for key, text in own.items() if text is not None}, **self.params}
        overrides = {override.get_key_element(): override for override in self.parsed(arguments)}
        self.fixed = [str(o.input_line) for o in overrides.values() if not o.is_sweep_override()]
        self.space: dict[str, BaseDistribution] = {
            key: distribution(override) for key, override in overrides.items() if override.is_sweep_override()
        }
        if not self.space:
            raise GanLabError(
                "this search has nothing to vary: give it values, optimizer.lr='tag(log,interval(1e-5,1e-3))', or a "
                "model whose yaml has a `search`"
            )
        self.default = self.composed(0, self.fixed)
        ends = {key: extremes(kind) for key, kind in self.space.items()}
        for number in range(max(map(len, ends.values()))):
            chosen = (f"{key}={values[min(number, len(values) - 1)]}" for key, values in ends.items())
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
        return f"{self.folder} holds another search: give this one a folder of its own with hydra.sweep.dir"

    def own_values(self) -> dict[str, Any]:
        """Returns the values of the configuration for the keys of the space, where the space contains them."""
        from gan_lab.sweep.space import own_value

        selected = {key: OmegaConf.select(self.default, key) for key in self.space}
        plain = {k: OmegaConf.to_container(v) if OmegaConf.is_config(v) else v for k, v in selected.items()}
        found = {key: own_value(kind, plain[key]) for key, kind in self.space.items()}
        return {key: value for key, value in found.items() if value is not None}

    def unfinished(self, study: optuna.Study) -> list[tuple[int, list[str]]]:
        """Returns the trials that an earlier call did not finish. One without all of its suggestions is discarded, and
        so is one with a value that this space does not have: the journal may be somebody else's."""
        from optuna.trial import TrialState

        from gan_lab.sweep.space import within
        from gan_lab.sweep.study import values

        running: list[FrozenTrial] = study.get_trials(states=(TrialState.RUNNING,))
        for trial in running:
            if not within(self.space, trial.params):
                study.tell(trial.number, state=TrialState.FAIL)
        return [(trial.number, values(trial)) for trial in running if within(self.space, trial.params)]

    def suggested(self, study: optuna.Study) -> list[tuple[int, list[str]]]:
        """Returns new trials, as many as may run at once."""
        from optuna.trial import TrialState

        from gan_lab.sweep.space import within
        from gan_lab.sweep.study import values

        trials = []
        for _ in range(self.max_batch_size or 1):
            asked = sum(trial.state is not TrialState.WAITING for trial in study.get_trials(deepcopy=False))
            if asked < self.n_trials:
                study.sampler = self.sampler(seed=self.seed + asked)
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
            study.tell(trial, found.best)
        else:
            study.tell(trial, state=TrialState.PRUNED if found.status == "pruned" else TrialState.FAIL)

    def report(self, study: optuna.Study) -> None:
        """Prints the command of the best trial."""
        from optuna.trial import TrialState

        from gan_lab.sweep.study import values

        if study.get_trials(states=(TrialState.COMPLETE,)):
            best = study.best_trial
            print(f"best of {len(study.trials)} trials, {best.value:.4g}:")
            own = [word for word in self.fixed if not word.startswith(("sweep=", "hydra", "experiment=search"))]
            print(f"  {typed('gan_lab', *own, *values(best))}")

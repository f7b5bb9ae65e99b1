"""Stops runs of a search that are behind the others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, final

from lightning import LightningModule, Trainer

from gan_lab.callback.base import StepCallback, due
from gan_lab.callback.evaluation import Evaluation
from gan_lab.domains import Domain, NonNegativeInt
from gan_lab.errors import PrunedError
from gan_lab.model.base import AdversarialModule
from gan_lab.runs.jobs import JOURNAL, read_jobs

if TYPE_CHECKING:
    import optuna


@final
class Pruning(StepCallback):
    """Reports each evaluation to the search, and stops the run when it is hopeless. Must follow `evaluation`.

    A run is hopeless if its best value so far is above the `percentile` of what the finished trials had at the same
    evaluation (50: their median), at least `startup_trials` trials have finished, and `warmup` evaluations have been
    made. After Golovin et al. 2017 (Google Vizier), whose median rule compares with running averages. Outside of a
    search it does nothing. Raises PrunedError, on every rank.
    """

    def __init__(
        self,
        *,
        run_dir: str,
        percentile: Annotated[float, Domain("a number from 0 to 100", lambda value: 0 <= value <= 100)],
        startup_trials: NonNegativeInt,
        warmup: NonNegativeInt,
    ) -> None:
        self.run_dir = Path(run_dir)
        self.percentile = percentile
        self.startup_trials = startup_trials
        self.warmup = warmup
        self.trial: optuna.Trial | None = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        self.evaluation = next(c for c in trainer.callbacks if isinstance(c, Evaluation))  # type: ignore[attr-defined]
        if trainer.is_global_zero:
            self.find_trial()

    def find_trial(self) -> None:
        """Finds the trial of the search that this run belongs to, if there is one."""
        if (self.run_dir.parent / JOURNAL).is_file():
            import optuna  # slow, and only searches need it

            from gan_lab.sweep.study import open_study, running_trial

            pruner = optuna.pruners.PercentilePruner(self.percentile, self.startup_trials, self.warmup + 1)  # from 1
            own = next(job for job in read_jobs(self.run_dir.parent) if job["folder"] == self.run_dir.name)
            self.trial = running_trial(open_study(self.run_dir.parent, pruner), own["overrides"])

    def on_generator_step(self, trainer: Trainer, model: AdversarialModule) -> None:
        if not due(model, self.evaluation.times):
            return
        assert model.run_length is not None
        number = model.generator_steps * self.evaluation.times // model.run_length  # the same after a resumption
        hopeless = self.tell(self.evaluation.latest[self.evaluation.measure.monitor], number)
        if trainer.strategy.broadcast(hopeless):
            raise PrunedError(f"behind the other trials after {number} of {self.evaluation.times} evaluations")

    def tell(self, value: float, number: int) -> bool:
        """Reports the value of this evaluation (counted from 1) and returns whether the run is hopeless."""
        if self.trial is None:
            return False
        self.trial.report(value, number)
        return bool(self.trial.should_prune())

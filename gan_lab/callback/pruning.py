"""Stops runs of a search that are behind the others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, final

from lightning import LightningModule, Trainer

from gan_lab.callback.base import StepCallback, due
from gan_lab.callback.doctor import Doctor
from gan_lab.callback.evaluation import Evaluation
from gan_lab.domains import Domain, NonNegativeInt
from gan_lab.errors import PrunedError
from gan_lab.model.generative import GenerativeModule
from gan_lab.runs.jobs import JOURNAL, is_sweep, read_jobs, read_shared

if TYPE_CHECKING:
    import optuna


@final
class Pruning(StepCallback):
    """Reports each evaluation to the search, and stops the run when it is hopeless. Must follow `evaluation`.

    A run is hopeless if its best value so far is above the `percentile` of what the finished trials had at the same
    evaluation (50: their median), at least `startup_trials` trials have finished, and `warmup` evaluations have been
    made. After Golovin et al. 2017 (Google Vizier), whose median rule compares with running averages. With `findings`,
    a run in which `doctor` found something serious is stopped too, whatever the others have. Outside of a search it
    does nothing. Raises PrunedError, on every rank.
    """

    def __init__(
        self,
        *,
        run_dir: str,
        percentile: Annotated[float, Domain("a number from 0 to 100", lambda value: 0 <= value <= 100)],
        startup_trials: NonNegativeInt,
        warmup: NonNegativeInt,
        findings: bool = False,
    ) -> None:
        self.run_dir = Path(run_dir)
        self.percentile = percentile
        self.startup_trials = startup_trials
        self.warmup = warmup
        self.findings = findings
        self.trial: optuna.Trial | None = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        self.evaluation = next(c for c in trainer.callbacks if isinstance(c, Evaluation))  # type: ignore[attr-defined]
        if trainer.is_global_zero:
            self.find_trial()

    def find_trial(self) -> None:
        """Finds the trial of the search that this run belongs to, if there is one."""
        sweep = self.run_dir.parent
        shared = read_shared(sweep) if is_sweep(sweep) else {}
        if (sweep / JOURNAL).is_file() or shared:
            import optuna  # slow, and only searches need it

            from gan_lab.sweep.search_record import open_study, running_trial
            from gan_lab.sweep.shared_study import ADDRESS, SharedStudy
            from gan_lab.sweep.worker import OWNER

            pruner = optuna.pruners.PercentilePruner(self.percentile, self.startup_trials, self.warmup + 1)  # from 1
            own = next(job for job in read_jobs(sweep) if job["folder"] == self.run_dir.name)["overrides"]
            if not shared:
                self.trial = running_trial(open_study(sweep, pruner), own)
            elif address := os.environ.get(ADDRESS):
                study = SharedStudy(address, shared["study"]).open(pruner)
                self.trial = running_trial(study, own, lambda trial: trial.user_attrs.get(OWNER) == shared["worker"])

    def on_generator_step(self, trainer: Trainer, model: GenerativeModule) -> None:
        if not due(model, self.evaluation.times):
            return
        assert model.run_length is not None
        number = model.generator_steps * self.evaluation.times // model.run_length  # the same after a resumption
        after = f"after {number} of {self.evaluation.times} evaluations"
        hopeless = self.tell(self.evaluation.latest[self.evaluation.measure.monitor], number)
        if trainer.strategy.broadcast(hopeless):
            raise PrunedError(f"behind the other trials {after}")
        if wrong := trainer.strategy.broadcast(self.wrong_with(trainer)):
            raise PrunedError(f"{wrong} {after}")

    def wrong_with(self, trainer: Trainer) -> str:
        """Returns the names of the serious findings that end a run of a search; empty where there are none."""
        if self.trial is None or not self.findings:
            return ""
        callbacks: list[object] = trainer.callbacks  # type: ignore[attr-defined]
        found = [one for callback in callbacks if isinstance(callback, Doctor) for one in callback.found]
        return ", ".join(one["name"] for one in found if one["serious"])

    def tell(self, value: float, number: int) -> bool:
        """Reports the value of this evaluation (counted from 1) and returns whether the run is hopeless."""
        if self.trial is None:
            return False
        self.trial.report(value, number)
        return bool(self.trial.should_prune())

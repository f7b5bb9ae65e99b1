"""Says what is wrong with a run while it goes on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

from lightning import LightningModule, Trainer
from lightning.pytorch.loggers import WandbLogger
from tqdm import tqdm

from gan_lab.callback.base import StepCallback, due
from gan_lab.callback.evaluation import Evaluation
from gan_lab.doctor.evidence import evidence_of
from gan_lab.doctor.explanation import Record, explained, records
from gan_lab.model.generative import GenerativeModule


@final
class Doctor(StepCallback):
    """Examines the run folder at each evaluation, prints each finding when it is first found, and alerts W&B of it.

    Must follow `evaluation`. At the end, `summary` asks for the findings, which then stand in summary.json.
    """

    def __init__(self, *, run_dir: str) -> None:
        self.folder = Path(run_dir)
        self.told: set[str] = set()
        self.found: list[Record] = []

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        callbacks: list[Any] = trainer.callbacks  # type: ignore[attr-defined]
        self.evaluation = next((c for c in callbacks if isinstance(c, Evaluation)), None)

    def on_generator_step(self, trainer: Trainer, model: GenerativeModule) -> None:
        if self.evaluation is None or not trainer.is_global_zero or not due(model, self.evaluation.times):
            return
        counted = {"generator_steps": model.generator_steps, "length": model.run_length}
        measured = {"monitor": self.evaluation.measure.monitor, "measures": {"latest": self.evaluation.latest}}
        self.examine(trainer, {**counted, **measured, "machine": {"processes": trainer.world_size}})

    def examine(self, trainer: Trainer, summary: Mapping[str, Any]) -> list[Record]:
        """Returns the findings of the run with this summary, and tells those that were not told before."""
        for logger in trainer.loggers:
            logger.save()
        self.found = records(evidence_of(self.folder, summary))
        for one in self.found:
            if one["name"] not in self.told:
                self.tell(trainer, one)
        self.told |= {one["name"] for one in self.found}
        return self.found

    def tell(self, trainer: Trainer, one: Record) -> None:
        """Prints a finding between the lines of the progress bar, and sends it to W&B."""
        tqdm.write(explained([one]))
        for logger in trainer.loggers:
            if isinstance(logger, WandbLogger):
                level = "WARN" if one["serious"] else "INFO"
                logger.experiment.alert(title=one["name"], text=explained([one]), level=level)

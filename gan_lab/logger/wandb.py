"""Weights & Biases, with Lightning's logger."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

import wandb
from lightning.pytorch.loggers import WandbLogger
from lightning.pytorch.utilities import rank_zero_only

from gan_lab.logger.metrics_csv import STEP
from gan_lab.runs.run_folder import RunFolder
from gan_lab.sweep.swept import swept_values


def start_wandb(
    *, save_dir: str, project: str, name: str, group: str, job_type: str, tags: tuple[str, ...], offline: bool
) -> WandbLogger:
    """Starts a W&B run for this run folder, or continues it when the run is resumed.

    For a sweep its configuration gets two columns: `swept`, the settings that the sweep chose for this run, and
    `setting`, the same as text without the seed, by which runs can be averaged.
    """
    Path(save_dir).mkdir(parents=True, exist_ok=True)
    logger = StepwiseWandb(
        project=project,
        name=name,
        save_dir=save_dir,
        id=hashlib.blake2b(save_dir.encode(), digest_size=8).hexdigest(),
        resume="allow",
        offline=offline,
        group=group,
        job_type=job_type,
        tags=list(tags),
        settings=wandb.Settings(silent=True),
    )
    declare_axes(logger)
    swept = swept_values(Path(save_dir))
    setting = ", ".join(f"{key}={value}" for key, value in swept.items() if key != "seed")
    logger.log_hyperparams({"swept": swept, "setting": setting or group})
    return logger


@final
class StepwiseWandb(WandbLogger):
    """W&B's own step is the generator step: its history has the lines of metrics.csv, and pictures lie where they were.

    At the run's end its summary gets summary.json's status and the measures of the `best` generator and the `floor`.
    """

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        self.experiment.log({**metrics, STEP: step}, step=step)

    @rank_zero_only
    def finalize(self, status: str) -> None:
        if summary := RunFolder(Path(str(self.save_dir))).read_summary():
            rows = {row: summary.get("measures", {}).get(row, {}) for row in ("best", "floor")}
            measures = {f"{row}/{name}": value for row, values in rows.items() for name, value in values.items()}
            self.experiment.summary.update({"status": summary["status"], **measures})


@rank_zero_only
def declare_axes(logger: WandbLogger) -> None:
    """Makes generator steps the x-axis of all values, and adds the minimum of each distance to the summary."""
    run = logger.experiment
    run.define_metric(STEP, hidden=True)
    run.define_metric("*", step_metric=STEP)
    for distance in ("fid", "kid", "emd"):
        run.define_metric(distance, step_metric=STEP, summary="last,min")

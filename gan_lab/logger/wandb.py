"""Weights & Biases by Lightning's own logger."""

import hashlib
from pathlib import Path

import wandb
from lightning.pytorch.loggers import WandbLogger
from lightning.pytorch.utilities import rank_zero_only

from gan_lab.logger.metrics_csv import STEP


def start_wandb(
    *, save_dir: str, project: str, name: str, group: str, job_type: str, tags: tuple[str, ...], offline: bool
) -> WandbLogger:
    """A W&B run for this run folder: the same one again when the run is resumed.

    Every quantity is drawn against generator steps; `images_seen` and `seconds` are logged beside it for W&B's own
    choice of axis. Of the distances the lowest value is kept in the summary too.
    """
    Path(save_dir).mkdir(parents=True, exist_ok=True)
    logger = WandbLogger(
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
    return logger


@rank_zero_only
def declare_axes(logger: WandbLogger) -> None:
    """Generator steps as the x-axis. (Lightning's own, `trainer/global_step`, has the same values here.)"""
    run = logger.experiment
    run.define_metric(STEP, hidden=True)
    for names in ("critic/*", "generator/*", "precision_*", "recall_*"):
        run.define_metric(names, step_metric=STEP)
    for distance in ("fid", "kid", "emd"):
        run.define_metric(distance, step_metric=STEP, summary="last,min")

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
    choice of axis. The last and the lowest value are kept in the summary.
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
    """Generator steps as the x-axis of everything."""
    run = logger.experiment
    run.define_metric(STEP, hidden=True)
    run.define_metric("*", step_metric=STEP, summary="last,min")

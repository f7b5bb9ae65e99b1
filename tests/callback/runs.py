"""Trainings of a few rounds on the ring, with the callbacks under test."""

from pathlib import Path
from typing import Any

from lightning import Callback
from lightning.pytorch.loggers import Logger

from gan_lab.callback.checkpoints import AtomicCheckpointIO
from gan_lab.callback.evaluation import Evaluation
from gan_lab.metric.points import PointMeasure
from gan_lab.sampler.direct import Direct
from tests.short_runs import ring, trainer


class Kept(Logger):
    """Keeps what is logged, by step, and what its last `save` found."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[int | None, dict[str, Any]] = {}
        self.parameters: dict[str, Any] = {}
        self.saved: list[int | None] = []

    name = "kept"
    version = ""

    def log_metrics(self, metrics: Any, step: int | None = None) -> None:
        self.lines.setdefault(step, {}).update(metrics)

    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        self.parameters |= params

    def save(self) -> None:
        self.saved = [*self.lines]


def evaluation(folder: Path, times: int = 4) -> Evaluation:
    """Measures a hundred samples."""
    measure = PointMeasure(split="validation", emd_points=100, high_quality_threshold=4.0)
    return Evaluation(run_dir=str(folder), measure=measure, sampler=Direct(batch_size=64), times=times, n=100)


def played(model: Any, length: int, *callbacks: Callback, loggers: tuple[Logger, ...] = ()) -> None:
    """Trains the model for `length` generator steps."""
    model.run_length = length
    running = trainer(callbacks=[*callbacks], plugins=[AtomicCheckpointIO()])
    running.loggers = [*loggers]
    running.fit(model, datamodule=ring())

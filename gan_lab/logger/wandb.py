"""Weights & Biases, with Lightning's logger."""

import hashlib
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, final

import wandb
from lightning.pytorch.loggers import WandbLogger
from lightning.pytorch.utilities import rank_zero_only
from numpy import array, isfinite

from gan_lab.config.swept import swept_values
from gan_lab.domains import FolderPath, Text
from gan_lab.logger.metrics_csv import STEP
from gan_lab.logger.names import BESIDE, FINAL, MEASURE, wandb_name
from gan_lab.metric.direction import direction, named
from gan_lab.metric.headline import headlines
from gan_lab.report.findings import findings_of
from gan_lab.runs.curves import CLOCKS, Metrics, read_metrics
from gan_lab.runs.run_folder import RunFolder
from gan_lab.terminal.commands import from_here


def start_wandb(
    *,
    save_dir: FolderPath,
    project: Text,
    name: Text,
    group: Text,
    job_type: str,
    tags: tuple[str, ...],
    offline: bool,
    entity: Text | None = None,
) -> WandbLogger:
    """Starts a W&B run for this run folder, or continues it when the run is resumed.

    For a sweep its configuration gets two columns: `swept`, the settings that the sweep chose for this run, and
    `setting`, the same as text without the seed, by which runs can be averaged.
    """
    logger = StepwiseWandb(
        project=project,
        entity=entity,
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

    Measures are called `measure/...` there. The summary keeps the last value of each, and the lowest or the highest
    where that is the better one. At the run's end it gets summary.json's status and the measures of the `best` and the
    `last` generator, of the `raw` one and of the `floor`; these are also the table `final`, with the 95 % intervals
    of the best, and what was measured only then has no panel of its own. The first measures have a chart each,
    `beside_real/fid`, in which real data are a second line, since their floor is known only then. Findings are in the
    summary too, where the run has any: `findings/NAME` is the sentence.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._wandb_init.pop("anonymous", None)  # Lightning hands it on, and W&B warns of it at every start
        self.declared: set[str] = set()

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        numbers = {name for name, value in metrics.items() if isinstance(value, int | float)}
        for name in sorted(numbers - self.declared):
            self.declare(name)
        named = {wandb_name(name) if name in numbers else name: value for name, value in metrics.items()}
        self.experiment.log(named | {STEP: step}, step=step)

    def declare(self, name: str, *, hidden: bool = False) -> None:
        """Tells W&B which values of a measure its summary keeps, and whether it has no panel of its own."""
        self.declared.add(name)
        if wandb_name(name).startswith(MEASURE):
            kept = {-1: "last,min", 1: "last,max", 0: None}[direction(name)]
            self.experiment.define_metric(wandb_name(name), step_metric=STEP, summary=kept, hidden=hidden)

    @rank_zero_only
    def finalize(self, status: str) -> None:
        folder = RunFolder(Path(str(self.save_dir)))
        if summary := folder.read_summary():
            rows = {row: summary.get("measures", {}).get(row, {}) for row in ("best", "last", "raw", "floor")}
            if rows["floor"]:
                columns = rows | bounds(summary.get("intervals", {}).get("best", {}))
                self.conclude(folder, columns, str(summary.get("monitor", "")))
            measures = {f"{row}/{name}": value for row, values in rows.items() for name, value in values.items()}
            findings = {f"findings/{one.name}": one.sentence for one in findings_of(summary, folder.path) if one.name}
            self.experiment.summary.update({"status": summary["status"], **measures, **findings})
        if self._offline:
            parts = sorted(folder.path.glob("wandb/offline-run-*"))
            names = " ".join(shlex.quote(from_here(part)) for part in parts)
            print(f"W&B was offline and its files lie in this run's folder: upload them with `wandb sync {names}`")

    def conclude(self, folder: RunFolder, rows: Mapping[str, Mapping[str, float]], monitor: str) -> None:
        """Logs the table `final` and the charts beside real data, and hides panels that would have a single point."""
        names = dict.fromkeys(name for values in rows.values() for name in values)
        table = wandb.Table(
            columns=["measure", *rows], data=[[name, *(values.get(name) for values in rows.values())] for name in names]
        )
        metrics = read_metrics(folder.metrics)
        charts = beside_real(metrics, rows["floor"], headlines(names, monitor))
        self.experiment.log({FINAL: table, **charts})  # at the last step
        for name in metrics.measures():
            if isfinite(metrics.columns[name]).sum() < 2:
                self.declare(name, hidden=True)


def beside_real(metrics: Metrics, floor: Mapping[str, float], names: Sequence[str]) -> dict[str, Any]:
    """Returns a chart for each of these measures that is a curve, with its floor as a second line."""
    charts = {}
    for name in names:
        column = metrics.columns.get(name, array([]))
        there = isfinite(column)
        if name in floor and there.sum() > 1:
            steps, values = metrics.clocks[0, there].tolist(), column[there].tolist()
            lines = {name: values, "real data": [floor[name]] * len(steps)}
            charts[f"{BESIDE}{name}"] = wandb.plot.line_series(
                steps, [*lines.values()], keys=[*lines], title=f"{named(name)} beside real data", xname=STEP
            )
    return charts


def bounds(intervals: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    """Returns both ends of the intervals of the best generator, as two columns of the table."""
    return {f"best {end}": {name: pair[i] for name, pair in intervals.items()} for i, end in enumerate(("low", "high"))}


@rank_zero_only
def declare_axes(logger: WandbLogger) -> None:
    """Makes generator steps the x-axis of all values. The clocks have no panels."""
    run = logger.experiment
    run.define_metric("*", step_metric=STEP)
    for clock in CLOCKS:
        run.define_metric(clock, hidden=True)

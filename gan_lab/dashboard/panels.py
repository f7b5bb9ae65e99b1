"""The panels that compare runs. Keys are those of W&B's history, summary and config."""

from collections.abc import Sequence

import wandb_workspaces.reports.v2 as wr
from wandb_workspaces.reports.v2.interface import PanelTypes

from gan_lab.logger.names import FINAL, wandb_name

STEP = "generator_steps"
IMAGES = ("fid", "precision_k3", "recall_k3", "density_k5", "coverage_k5")
POINTS = ("emd", "modes_covered", "high_quality_share")
LOSSES = tuple(f"{player}/{term}" for term in ("loss", "parameter_gradient_norm") for player in ("critic", "generator"))


def sections(*, points: bool, swept: Sequence[str], groupby: str) -> dict[str, list[PanelTypes]]:
    """Returns all panels by section. Lines and bars are means over runs with the same value of the column `groupby`."""
    measures = POINTS if points else IMAGES
    best = [f"best/{measure}" for measure in measures]
    found: dict[str, list[PanelTypes]] = {
        "Measures": [line(wandb_name(measure), groupby) for measure in measures],
        "Best generators": [*(bar(measure, groupby) for measure in best), scatter(best[1], best[2])],
        "Measured once": [wr.WeavePanelSummaryTable(table_name=FINAL)],
        "Samples": [wr.MediaBrowser(title="Samples", media_keys=["samples"], grid_x_axis="step", grid_y_axis="run")],
        "Losses": [line(loss, groupby) for loss in LOSSES],
    }
    return {"Sweep": [parallel(swept, measures[0])], **found} if swept else found


def line(key: str, groupby: str) -> wr.LinePlot:
    """Returns a panel of the mean during training, with the range from the lowest to the highest run."""
    return wr.LinePlot(
        title=key,
        x=STEP,
        y=[key],
        groupby=wr.Config(groupby),
        groupby_aggfunc="mean",
        groupby_rangefunc="minmax",
        max_runs_to_show=100,
    )


def bar(key: str, groupby: str) -> wr.BarPlot:
    return wr.BarPlot(
        title=key,
        metrics=[key],
        groupby=wr.Config(groupby),
        groupby_aggfunc="mean",
        groupby_rangefunc="minmax",
        max_runs_to_show=100,
        max_bars_to_show=50,
    )


def scatter(x: str, y: str) -> wr.ScatterPlot:
    """Returns a panel with one point for each run."""
    return wr.ScatterPlot(title=f"{y} against {x}", x=wr.SummaryMetric(x), y=wr.SummaryMetric(y))


def parallel(swept: Sequence[str], distance: str) -> wr.ParallelCoordinatesPlot:
    """Returns a panel from the swept settings to the lowest distance of each run, including unfinished runs."""
    axes = [wr.ParallelCoordinatesPlotColumn(metric=wr.Config(f"swept.{key}"), display_name=key) for key in swept]
    title = f"lowest {distance}"
    end = wr.ParallelCoordinatesPlotColumn(metric=wr.SummaryMetric(f"{wandb_name(distance)}.min"), display_name=title)
    return wr.ParallelCoordinatesPlot(title=title, columns=[*axes, end])

"""Figures with the curves of metrics.csv."""

import re
from collections import defaultdict
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, final

import numpy as np
from lightning import Callback, LightningModule, Trainer

from gan_lab.callback.evaluation import Evaluation
from gan_lab.domains import Declared
from gan_lab.runs.curves import read_metrics
from gan_lab.runs.picture_file import save_picture
from gan_lab.runs.run_folder import RunFolder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LAYER = re.compile(r"(.+)_layer_(\d+)")
Curve = tuple[list[int], list[float]]


@final
class Figures(Callback, Declared):
    """Draws figures/terms.png and figures/measures.png from metrics.csv when training ends or is interrupted.

    One small panel for each quantity, against generator steps; the layers of a network share one. The measures have the
    real-against-real floor as a dashed line once it is known.
    """

    def __init__(self, *, run_dir: str) -> None:
        self.folder = RunFolder(Path(run_dir))

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if not trainer.is_global_zero:
            return
        for logger in trainer.loggers:
            logger.save()
        if not (curves := read_curves(self.folder.metrics)):
            return
        floors: dict[str, float] = {}
        for callback in trainer.callbacks:  # type: ignore[attr-defined]
            if isinstance(callback, Evaluation):
                floors = callback.results.get("floor", {})
        self.folder.figures.mkdir(exist_ok=True)
        terms = {name: curve for name, curve in curves.items() if "/" in name}
        measures = {name: curve for name, curve in curves.items() if "/" not in name}
        if terms:
            save_picture(draw(terms, {}), self.folder.figures / "terms.png")
        if measures:
            save_picture(draw(measures, floors), self.folder.figures / "measures.png")


def read_curves(path: Path) -> dict[str, Curve]:
    """Returns each column of metrics.csv except the clocks as (generator steps, values), where it has values."""
    found = read_metrics(path)
    there = {name: np.isfinite(values) for name, values in found.columns.items()}
    return {
        name: (found.clocks[0, where].astype(int).tolist(), found.columns[name][where].tolist())
        for name, where in there.items()
        if where.any()
    }


def draw(curves: dict[str, Curve], floors: dict[str, float], columns: int = 4) -> "Figure":
    """Draws one panel for each quantity."""
    from matplotlib.figure import Figure  # slow to import, and no curve is drawn before the first evaluation

    shared = panels_of(curves)
    lines = ceil(len(shared) / columns)
    figure = Figure(figsize=(3.2 * min(columns, len(shared)), 2.2 * lines), layout="constrained")
    panels = figure.subplots(lines, min(columns, len(shared)), squeeze=False).flatten()
    for panel, (title, lines_by_label) in zip(panels, shared.items(), strict=False):
        for label, (steps, values) in lines_by_label.items():
            panel.plot(steps, values, marker="o" if len(steps) < 30 else None, markersize=3, linewidth=1, label=label)
        if len(lines_by_label) > 1:
            panel.legend(fontsize=6, title="layer", title_fontsize=6)
        if title in floors:
            panel.axhline(floors[title], color="grey", linestyle="--", linewidth=1)
        panel.set_title(title, fontsize=9)
        panel.tick_params(labelsize=7)
        panel.grid(alpha=0.3)
    for panel in panels[len(shared) :]:
        panel.axis("off")
    figure.supxlabel("generator steps", fontsize=9)
    return figure


def panels_of(curves: dict[str, Curve]) -> dict[str, dict[str, Curve]]:
    """Returns the curves of each panel by title: `x_layer_1`, `x_layer_2`, ... share one, others have their own."""
    panels: dict[str, dict[str, Curve]] = defaultdict(dict)
    for name, curve in curves.items():
        layer = LAYER.fullmatch(name)
        panels[f"{layer[1]} by layer" if layer else name][layer[2] if layer else name] = curve
    return panels

"""Figures that compare evaluations. Imports no torch, and matplotlib only where there is something to draw."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_lab.runs.picture_file import save_picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Record = dict[str, Any]

PANELS = (("fid", "precision_k3", "recall_k3"), ("emd", "high_quality_share", "modes_covered"))
"""The measures of the panels, for images and for points."""
DISTANCES = ("fid", "emd")
"""Measures that get a logarithmic axis where the largest value is more than `WIDE` times the smallest."""
WIDE = 8


def save_figures(folder: Path, group: list[Record], labels: list[str], number: int) -> None:
    """Saves cost.png and quality_diversity.png for the evaluations of one protocol; later protocols add their number.

    Nothing is saved for a single evaluation, or where no samples came from a model.
    """
    suffix = f"_{number}" if number else ""
    texts = [label.replace("$", r"\$") for label in labels]  # matplotlib would read a formula
    shown = [(record, text) for record, text in zip(group, texts, strict=True) if "passes" in record["cost"]]
    if len(shown) < 2:
        return
    records, names = [record for record, _ in shown], [label for _, label in shown]
    found = records[0]["measures"]["generated"]
    for measures in PANELS:
        if all(name in found for name in measures):
            save_picture(cost_figure(records, names, measures), folder / f"cost{suffix}.png", dpi=110)
    if {"precision_k3", "recall_k3"} <= found.keys() & records[0]["measures"]["floor"].keys():
        save_picture(quality_diversity_figure(records, names), folder / f"quality_diversity{suffix}.png", dpi=110)


def cost_figure(records: list[Record], labels: list[str], measures: tuple[str, ...]) -> Figure:
    """Draws each measure against the network passes per sample; a dashed line marks the plain generator."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    colors = colormaps["tab20"]
    figure = Figure(figsize=(4.6 * len(measures) + 2.4, 4.2), layout="constrained")
    panels = figure.subplots(1, len(measures), squeeze=False)[0]
    for measure, panel in zip(measures, panels, strict=True):
        for index, (record, label) in enumerate(zip(records, labels, strict=True)):
            values, spread = record["measures"]["generated"][measure], record["measures"]["spread"].get(measure)
            cost, plain = record["cost"]["passes"], record["subject"]["sampler"] == "direct"
            marker = "osD^v<>pPXh*"[index % 12]
            panel.errorbar(
                cost,
                values,
                yerr=spread,
                fmt=marker,
                color=colors(index % 20),
                label=label.replace("sampler.", ""),
                capsize=2,
                markersize=6,
            )
            if plain:
                panel.axhline(values, color="grey", linestyle="--", linewidth=0.8)
        panel.set(xscale="log", xlabel="network passes per sample", title=measure)
        found = [record["measures"]["generated"][measure] for record in records]
        if measure in DISTANCES and max(found) > WIDE * min(found) > 0:
            panel.set_yscale("log")
    panels[-1].legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def quality_diversity_figure(records: list[Record], labels: list[str]) -> Figure:
    """Draws precision against recall; evaluations of one sampler that differ only in numbers are joined by a curve."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 5), layout="constrained")
    panel = figure.subplots()
    values = [record["measures"]["generated"] for record in records]
    for color, curve in enumerate(curves(records)):
        across = [values[index]["recall_k3"] for index in curve]
        up = [values[index]["precision_k3"] for index in curve]
        style = "o-" if len(curve) > 1 else "o"
        panel.plot(across, up, style, color=f"C{color % 10}", markersize=5)
        for index, x, y in zip(curve, across, up, strict=True):
            panel.annotate(
                labels[index].replace("sampler.", ""), (x, y), fontsize=7, xytext=(4, 3), textcoords="offset points"
            )
    floor = records[0]["measures"]["floor"]
    panel.plot(floor["recall_k3"], floor["precision_k3"], "k*", markersize=9, label="real (floor)")
    panel.set(xlabel="recall (diversity)", ylabel="precision (quality)")
    panel.legend(fontsize=8)
    return figure


def curves(records: list[Record]) -> list[list[int]]:
    """Returns the positions of the evaluations in groups that form a curve.

    Evaluations of one sampler and checkpoint that differ only in numbers are one curve, in the order of the numbers.
    """
    groups: dict[str, list[int]] = {}
    for index, record in enumerate(records):
        fixed = {key: value for key, value in settings(record).items() if not is_number(value)}
        groups.setdefault(str(sorted(fixed.items(), key=str)), []).append(index)
    numbers = [tuple(value for value in settings(record).values() if is_number(value)) for record in records]
    return [sorted(group, key=lambda index: numbers[index]) for group in groups.values()]


def is_number(value: Any) -> bool:
    """Returns whether the value is a number and not a bool."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def settings(record: Record) -> dict[str, Any]:
    """Returns what determines the samples, except for seeds: the model, the sampler and its settings."""
    left_out = {"seeds", "n", "checkpoint", "training_seed"}
    return {key: value for key, value in record["subject"].items() if key not in left_out}

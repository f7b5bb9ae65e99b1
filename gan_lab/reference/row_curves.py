"""Writes and reads the curves that the table keeps of a run, `metrics.csv` in forty lines."""

import csv
from io import StringIO
from pathlib import Path
from statistics import mean, pstdev

from gan_lab.runs.atomic import write_text

TERMS = (
    *("critic/loss", "generator/loss", "critic/wasserstein_estimate", "critic/gradient_norm"),
    *("critic/accuracy", "critic/score_real", "critic/score_fake", "critic/clipped_share"),
    "critic/parameter_gradient_norm",
    *("critic/energy_real", "critic/energy_fake", "critic/energy_noise"),
    *("generator/clusters_used", "generator/confidence", "generator/cluster_accuracy"),
    *("generator/categorical_information", "generator/continuous_information", "generator/code_accuracy"),
    *("generator/parameter_gradient_norm", "generator/encoder_gradient_norm"),
)
LAYERS = tuple(f"{player}/parameter_gradient_norm_layer_" for player in ("critic", "generator"))
MEASURED = ("fid", "precision_k3", "recall_k3")
POINTS = 40
"""The number of lines of a run's curves; each is for an equal part of the run."""


def write_curves(metrics: Path, to: Path) -> None:
    """Writes `POINTS` lines of a run's metrics.csv.

    Terms are averaged over each part, and the critic's loss also gets its standard deviation there. Measures are copied
    to a line with the step at which they were computed.
    """
    with metrics.open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    columns = [name for name in lines[0] if name in TERMS or name.startswith(LAYERS)]
    length = int(lines[-1]["generator_steps"])
    groups: dict[int, list[dict[str, str]]] = {}
    for line in lines:
        groups.setdefault(part(int(line["generator_steps"]), length), []).append(line)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["generator_steps", "images_seen", "seconds", *columns, "critic/loss_std", *MEASURED])
    for group in groups.values():
        found = {name: [float(line[name]) for line in group if line[name]] for name in columns}
        losses = found.get("critic/loss", [])
        at = next((line for line in group if line["fid"]), group[-1])
        writer.writerow(
            [
                *(at[name] for name in ("generator_steps", "images_seen", "seconds")),
                *(f"{mean(values):.5g}" if values else "" for values in found.values()),
                f"{pstdev(losses):.5g}" if losses else "",
                *(f"{float(at[m]):.5g}" if at[m] else "" for m in MEASURED),
            ]
        )
    write_text(to, text.getvalue())


def part(step: int, length: int) -> int:
    """Returns in which of the `POINTS` parts of a run a step is, counted from 1."""
    return -(-step * POINTS // length)


def read_curves(folder: Path, row: str, seed: int = 1) -> list[dict[str, str]]:
    """Returns the lines of a row's curves in the table's folder."""
    with (folder / f"{row}-seed{seed}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def column_of(folder: Path, row: str, column: str, seed: int = 1) -> tuple[list[int], list[float]]:
    """Returns generator steps and the values of a column at them.

    The mean of a term over a part of the run belongs to the last step of that part.
    """
    lines = read_curves(folder, row, seed)
    steps = [int(line["generator_steps"]) for line in lines]
    if column not in MEASURED:
        steps = [part(step, steps[-1]) * steps[-1] // POINTS for step in steps]
    found = [(step, float(line[column])) for step, line in zip(steps, lines, strict=True) if line[column]]
    return [step for step, _ in found], [value for _, value in found]

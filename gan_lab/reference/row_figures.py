"""python -m gan_lab.reference.row_figures: the source documents' figures, drawn again from the table's files."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gan_lab.reference.row_records import LAYERS, MEASURED, POINTS, Record, part, read_records, values

RESULT = Path("outputs/reference/table")

LOSSES = ("fid", "critic/loss", "generator/loss")
QUALITY = ("fid", "precision_k3", "recall_k3")
VARIETY = (*QUALITY, "class_diversity", "class_separation")

CLIPPING = {"wgan_20_epochs": "weight clipping", "wgan_gp_20_epochs": "gradient penalty"}

MIXTURES = {
    **{"gan_d200": "plain", "gan_dropout_0.3": "plain, dropout"},
    **{"gmgan_static": "static", "gmgan_dynamic_frozen": "frozen", "gmgan_dynamic": "dynamic"},
}
"""The mixtures have dropout too; frozen: the dynamic one's start, never trained."""

CURVES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "n_critic": (LOSSES, {"gan_n1": "n = 1", "gan_n2": "n = 2", "gan_n3": "n = 3"}),
    "lambda": (LOSSES, {"wgan_gp_20_epochs": "lambda 10", "wgan_gp_lambda_3": "lambda 3"}),
    "dropout": (LOSSES, {"gan_n1": "none", "gan_dropout_0.3": "0.3", "gan_dropout_0.5": "0.5"}),
    "batch_norm": (LOSSES, {"gan_n1": "without batch norm", "gan": "with batch norm"}),
    "clipping": ((*LOSSES, "critic/wasserstein_estimate"), CLIPPING),
    "sides": ((*LOSSES, "critic/gradient_norm"), {"wgan_gp_20_epochs": "two-sided", "wgan_gp_one_sided": "one-sided"}),
    "mixtures": (QUALITY, MIXTURES),
    "labels": (QUALITY, {"gmgan_dynamic": "with labels", "gmgan_dynamic_unlabelled": "without labels"}),
}
"""Columns of the curves and rows, by figure."""

SWEEPS: dict[str, tuple[str, dict[str, float]]] = {
    "sigma": ("standard deviation of the mixture", {f"gmgan_wgan_gp_std_{s}": s for s in (0.5, 0.7, 1.0, 1.4, 2.0)}),
    "components": ("Gaussians K", {"gmgan_dynamic": 10, "gmgan_k20": 20, "gmgan_k50": 50}),
    "alpha": ("weight of recognising clusters", {"mmgan_alpha_0.1": 0.1, "mmgan": 1.0, "mmgan_alpha_10.0": 10.0}),
}
"""What is swept, and its value in each row, by figure."""

TITLES = {
    "n_critic": "the generator trained every n iterations",
    "lambda": "weight of the gradient penalty",
    "dropout": "dropout in the critic",
    "batch_norm": "batch norm in the generator",
    "clipping": "weight clipping against gradient penalty",
    "sides": "two-sided against one-sided penalty",
    "mixtures": "latent distributions",
    "classes": "variety within classes and separation between them",
    "labels": "the dynamic mixture with and without labels",
    "depth": "the critic's gradients by layer",
    "weights": "the critic's weights",
    "sigma": "deviation of the static mixture under WGAN-GP",
    "components": "more Gaussians than classes",
    "alpha": "alpha of MMGAN",
}
NAMES = {
    **{"fid": "FID", "precision_k3": "precision", "recall_k3": "recall"},
    **{"class_diversity": "diversity within classes", "class_separation": "separation of classes"},
    **{"critic/loss": "critic's loss", "generator/loss": "generator's loss"},
    **{"critic/wasserstein_estimate": "Wasserstein estimate", "critic/gradient_norm": "critic's gradient norm"},
}


Drawing = Callable[[Sequence[Record], Path], Figure]


def figures() -> dict[str, tuple[Iterable[str], Drawing]]:
    """The rows that each figure is of, and what draws it."""
    return {
        **{name: (labels, partial(curves, columns, labels)) for name, (columns, labels) in CURVES.items()},
        "depth": (CLIPPING, partial(depth, CLIPPING)),
        "weights": (CLIPPING, partial(weights, CLIPPING)),
        "classes": (MIXTURES, partial(bars, MIXTURES)),
        **{name: (of, partial(sweep, axis_name, of)) for name, (axis_name, of) in SWEEPS.items()},
    }


def draw(records: Sequence[Record], folder: Path) -> list[str]:
    """Saves the figures that can be drawn; returns their names."""
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    drawings = figures()
    for name in (names := drawable(records)):
        _, drawing = drawings[name]
        figure = drawing(records, folder)
        of = "test images, a dot for each seed" if name in ("classes", *SWEEPS) else "seed 1"
        figure.suptitle(f"{TITLES[name]} ({of})")
        figure.savefig(folder / "figures" / f"{name}.png", dpi=70)
    return names


def drawable(records: Sequence[Record]) -> list[str]:
    """The figures whose rows all have a record with seed 1."""
    there = {record["row"] for record in records if record["seed"] == 1}
    return [name for name, (rows, _) in figures().items() if {*rows} <= there]


def panels(count: int) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(4.3 * count, 3.6), layout="constrained")
    return figure, [*figure.subplots(1, count, squeeze=False)[0]]


def curves(columns: Sequence[str], labels: dict[str, str], records: Sequence[Record], folder: Path) -> Figure:
    """A panel for each column and a line for each row, against generator steps."""
    figure, axes = panels(len(columns))
    for column, axis in zip(columns, axes, strict=True):
        for row, label in labels.items():
            steps, values = column_of(folder, row, column)
            axis.plot(steps, values, "o-" if column in MEASURED else "-", markersize=3, label=label)
        on = ", validation images" if column in MEASURED else ""
        axis.set(xlabel="generator steps", title=NAMES[column] + on)
        if column == "fid":
            axis.set_yscale("log")
    axes[0].legend(fontsize=8)
    return figure


def depth(labels: dict[str, str], records: Sequence[Record], folder: Path) -> Figure:
    """Norm of the critic's gradient in each layer, mean over the run."""
    figure, (axis,) = panels(1)
    for row, label in labels.items():
        layers = [name for name in read_curves(folder, row)[0] if name.startswith(LAYERS[0])]
        axis.plot(
            [name.removeprefix(LAYERS[0]) for name in layers],
            [mean(column_of(folder, row, n)[1]) for n in layers],
            "o-",
            label=label,
        )
    axis.set(xlabel="layer of the critic, the image's first", ylabel="norm of its weights' gradient", yscale="log")
    axis.legend(fontsize=8)
    return figure


def weights(labels: dict[str, str], records: Sequence[Record], folder: Path) -> Figure:
    """A panel for each row: how the critic's weights are spread, seed 1."""
    figure, axes = panels(len(labels))
    for (row, label), axis in zip(labels.items(), axes, strict=True):
        found = next(r["critic_weights"] for r in records if (r["row"], r["seed"]) == (row, 1))
        edge, shares = found["edge"], found["shares"]
        axis.stairs(shares, [edge * (2 * i / len(shares) - 1) for i in range(len(shares) + 1)], fill=True)
        axis.set(title=label, xlabel="weight", ylabel="share of the weights", yscale="log")
    return figure


def bars(labels: dict[str, str], records: Sequence[Record], folder: Path) -> Figure:
    """A panel for each measure and a bar for each row, its mean over seeds; a line for the floor."""
    figure, axes = panels(len(VARIETY))
    floor = next(record["measures"]["floor"] for record in records if record["row"] in labels)
    for measure, axis in zip(VARIETY, axes, strict=True):
        found = {label: values(records, row, measure) for row, label in labels.items()}
        axis.bar([*found], [*map(mean, found.values())], width=0.6, alpha=0.6)
        axis.axhline(floor[measure], linestyle=":", color="black", label="real images")
        dots(axis, found)
        axis.set_title(NAMES[measure])
    axes[0].legend(fontsize=8)
    return figure


def sweep(axis_name: str, of: dict[str, float], records: Sequence[Record], folder: Path) -> Figure:
    """A panel for each measure, against the swept value: means over seeds."""
    figure, axes = panels(len(QUALITY))
    for measure, axis in zip(QUALITY, axes, strict=True):
        found = {value: values(records, row, measure) for row, value in of.items()}
        axis.plot([*found], [*map(mean, found.values())])
        dots(axis, found)
        axis.set(xlabel=axis_name, title=NAMES[measure], xscale="log", xticks=[*of.values()])
        axis.set_xticklabels([f"{value:g}" for value in of.values()])
        axis.minorticks_off()
    return figure


def dots(axis: Axes, found: Mapping[Any, Sequence[float]]) -> None:
    """One for each seed, over its place on the horizontal axis."""
    axis.plot(*zip(*((at, value) for at, values in found.items() for value in values), strict=True), "k.")


def column_of(folder: Path, row: str, column: str) -> tuple[list[int], list[float]]:
    """Generator steps and values where there are any. Means of terms stand at the end of their part of the run."""
    lines = read_curves(folder, row)
    steps = [int(line["generator_steps"]) for line in lines]
    if column not in MEASURED:
        steps = [part(step, steps[-1]) * steps[-1] // POINTS for step in steps]
    found = [(step, float(line[column])) for step, line in zip(steps, lines, strict=True) if line[column]]
    return [step for step, _ in found], [value for _, value in found]


def read_curves(folder: Path, row: str) -> list[dict[str, str]]:
    with (folder / f"{row}-seed1.csv").open(newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    print(f"figures in {RESULT}: {', '.join(draw(read_records(RESULT), RESULT))}")

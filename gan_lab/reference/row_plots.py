"""The kinds of plots in the table's figures: curves, bars, sweeps, gradients by layer and weights."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gan_lab.reference.published import Record
from gan_lab.reference.row_curves import LAYERS, MEASURED, column_of, read_curves
from gan_lab.reference.row_records import values

QUALITY = ("fid", "precision_k3", "recall_k3")
LOGARITHMIC = ("critic/energy", "critic/loss_std", "generator/parameter_gradient", "generator/encoder_gradient")
VARIETY = (*QUALITY, "class_diversity", "class_separation")
NAMES = {
    **{"fid": "FID", "precision_k3": "precision", "recall_k3": "recall"},
    **{"class_diversity": "diversity within classes", "class_separation": "separation of classes"},
    **{"critic/loss": "critic loss", "generator/loss": "generator loss"},
    **{"critic/wasserstein_estimate": "Wasserstein estimate", "critic/gradient_norm": "gradient norm of the critic"},
    **{"critic/energy_real": "energy of reals", "critic/energy_fake": "energy of fakes"},
    **{"critic/energy_noise": "energy of noise", "critic/loss_std": "deviation of the critic's loss"},
    **{"generator/clusters_used": "clusters used", "generator/confidence": "confidence"},
    "generator/cluster_accuracy": "cluster accuracy",
    "generator/categorical_information": "information of the categorical code",
    "generator/continuous_information": "information of the continuous codes",
    "generator/code_accuracy": "categorical codes found",
    "generator/parameter_gradient_norm": "gradient of the generator's turn",
    "generator/encoder_gradient_norm": "gradient of the encoder",
}


def panels(count: int) -> tuple[Figure, list[Axes]]:
    """Returns a figure with this many panels side by side, and the panels."""
    figure = Figure(figsize=(4.3 * count, 3.6), layout="constrained")
    return figure, [*figure.subplots(1, count, squeeze=False)[0]]


def curves(columns: Sequence[str], labels: dict[str, str], records: Sequence[Record], folder: Path) -> Figure:
    """Plots each column in a panel and each row as a line, against generator steps."""
    figure, axes = panels(len(columns))
    for column, axis in zip(columns, axes, strict=True):
        for row, label in labels.items():
            steps, values = column_of(folder, row, column)
            axis.plot(steps, values, "o-" if column in MEASURED else "-", markersize=3, label=label)
        on = ", validation images" if column in MEASURED else ""
        axis.set(xlabel="generator steps", title=NAMES[column] + on)
        if column == "fid" or column.startswith(LOGARITHMIC):
            axis.set_yscale("log")
    axes[0].legend(fontsize=8)
    return figure


def depth(labels: dict[str, str], records: Sequence[Record], folder: Path) -> Figure:
    """Plots the norm of the critic's gradient in each layer, as a mean over the run."""
    figure, (axis,) = panels(1)
    for row, label in labels.items():
        layers = [name for name in read_curves(folder, row)[0] if name.startswith(LAYERS[0])]
        axis.plot(
            [name.removeprefix(LAYERS[0]) for name in layers],
            [mean(column_of(folder, row, n)[1]) for n in layers],
            "o-",
            label=label,
        )
    axis.set(xlabel="layer of the critic, counted from the image", ylabel="gradient norm of its weights", yscale="log")
    axis.legend(fontsize=8)
    return figure


def weights(labels: dict[str, str], records: Sequence[Record], folder: Path) -> Figure:
    """Plots the distribution of the critic's weights in a panel for each row, seed 1."""
    figure, axes = panels(len(labels))
    for (row, label), axis in zip(labels.items(), axes, strict=True):
        found = next(r["critic_weights"] for r in records if (r["row"], r["seed"]) == (row, 1))
        edge, shares = found["edge"], found["shares"]
        axis.stairs(shares, [edge * (2 * i / len(shares) - 1) for i in range(len(shares) + 1)], fill=True)
        axis.set(title=label, xlabel="weight", ylabel="share of weights", yscale="log")
    return figure


def bars(labels: dict[str, str], records: Sequence[Record], folder: Path) -> Figure:
    """Plots each measure in a panel and each row as a bar, its mean over seeds; a line shows the floor."""
    figure, axes = panels(len(VARIETY))
    floor = next(record["measures"]["floor"] for record in records if record["row"] in labels)
    for measure, axis in zip(VARIETY, axes, strict=True):
        found = {label: values(records, row, measure) for row, label in labels.items()}
        axis.bar([*found], [*map(mean, found.values())], width=0.6, alpha=0.6)
        axis.axhline(floor[measure], linestyle=":", color="black", label="real images (floor)")
        dots(axis, found)
        axis.set_title(NAMES[measure])
    axes[0].legend(fontsize=8)
    return figure


def sweep(axis_name: str, of: dict[str, float], records: Sequence[Record], folder: Path) -> Figure:
    """Plots each measure in a panel against the swept value, as means over seeds."""
    figure, axes = panels(len(QUALITY))
    for measure, axis in zip(QUALITY, axes, strict=True):
        found = {value: values(records, row, measure) for row, value in of.items()}
        axis.plot([*found], [*map(mean, found.values())])
        dots(axis, found)
        axis.set(xlabel=axis_name, title=NAMES[measure], xscale="log", xticks=[*of.values()])
        axis.set_xticklabels([f"{value:g}" for value in of.values()])
        axis.minorticks_off()
    return figure


def dots(axis: Axes, found: Mapping[str, Sequence[float]] | Mapping[float, Sequence[float]]) -> None:
    """Adds a dot for each seed above its place on the horizontal axis."""
    axis.plot(*zip(*((at, value) for at, values in found.items() for value in values), strict=True), "k.")

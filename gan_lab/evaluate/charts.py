"""Figures of classes and features. They are matplotlib Figures without pyplot, which need not be closed."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float, Int
from matplotlib import colormaps
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from torch import Tensor

MOST_LABELS = 30
"""The largest number of rows or bars with room for a label each."""


def confusion(matrix: Int[Tensor, "rows columns"], row: str, classes: Sequence[str]) -> Figure:
    """Draws a heat map of how many samples of each row the classifier assigns to each class.

    The colour is the share within the row, the number is the count. `row` says what a row is: "component" or "class
    asked for".
    """
    counts = matrix.cpu().numpy()
    shares = counts / counts.sum(1, keepdims=True).clip(min=1)
    rows, columns = counts.shape
    labelled = max(rows, columns) <= MOST_LABELS
    size = (1.8 + 0.42 * columns, 1.4 + 0.34 * rows) if labelled else (9.0, 5.0)
    figure = Figure(figsize=size, layout="constrained")
    panel = figure.subplots()
    # Among a thousand classes no share is near 1, and there are no numbers: the colours must show the differences.
    highest = 1.0 if labelled else shares.max()
    image = panel.imshow(shares, cmap="Blues", vmin=0, vmax=highest, aspect="auto", interpolation="nearest")
    if labelled:
        panel.set_xticks(range(columns), classes)
        panel.set_yticks(range(rows))
        for i, j in np.argwhere(counts > 0):
            color = "white" if shares[i, j] > 0.6 else "black"
            panel.text(j, i, str(counts[i, j]), ha="center", va="center", fontsize=7, color=color)
    panel.tick_params(labelsize=7, length=0)
    panel.set_xlabel("predicted class", fontsize=9)
    panel.set_ylabel(row, fontsize=9)
    panel.set_title(f"{counts.sum():,} generated images by {row} and predicted class", fontsize=9)
    bar = figure.colorbar(image)
    bar.set_label(f"share of samples of the {row}", fontsize=9)
    bar.ax.tick_params(labelsize=7)
    return figure


def classes(histogram: Float[Tensor, " k"], reference: Float[Tensor, " k"], names: Sequence[str]) -> Figure:
    """Draws the shares of the classes among generated images as bars, beside those of `reference`."""
    k = len(histogram)
    figure = Figure(figsize=(max(4.0, 1.2 + 0.42 * min(k, MOST_LABELS)), 2.8), layout="constrained")
    panel = figure.subplots()
    places = np.arange(k)
    panel.bar(places - 0.2, reference.cpu().numpy(), width=0.4, color="darkgrey", label="real images")
    panel.bar(places + 0.2, histogram.cpu().numpy(), width=0.4, color="tab:blue", label="generated")
    if k <= MOST_LABELS:
        panel.set_xticks(places, names)
    panel.tick_params(labelsize=7)
    panel.grid(alpha=0.3, axis="y")
    panel.set_axisbelow(True)
    panel.set_xlabel("predicted class", fontsize=9)
    panel.set_ylabel("share of images", fontsize=9)
    panel.set_title("Predicted classes of generated and real images", fontsize=9)
    figure.legend(loc="outside right upper", fontsize=8, frameon=False)
    return figure


def by_class(values: Mapping[str, Float[Tensor, " c"]], classes: Sequence[int], title: str) -> Figure:
    """Draws each of the values of each class as bars, such as FID and KID; without one where it is infinite.

    The dotted line is the mean over the classes.
    """
    width = max(4.0, 1.2 + 0.42 * min(len(classes), MOST_LABELS))
    figure = Figure(figsize=(width, 0.6 + 1.8 * len(values)), layout="constrained")
    panels = figure.subplots(len(values), 1, squeeze=False)[:, 0]
    for panel, (name, each) in zip(panels, values.items(), strict=True):
        panel.bar(np.arange(len(classes)), each.where(each.isfinite(), 0.0).numpy(), width=0.6, color="tab:blue")
        if each.isfinite().all():
            panel.axhline(each.mean().item(), color="black", linewidth=1, linestyle=":")
        if len(classes) <= MOST_LABELS:
            panel.set_xticks(range(len(classes)), [str(number) for number in classes])
        panel.tick_params(labelsize=7)
        panel.grid(alpha=0.3, axis="y")
        panel.set_axisbelow(True)
        panel.set_ylabel(name, fontsize=9)
    panel.set_xlabel("class", fontsize=9)
    figure.suptitle(title, fontsize=9)
    return figure


def embedding(
    points: Float[Tensor, "n 2"], groups: Int[Tensor, " n"], group: str, real: Float[Tensor, "m 2"] | None = None
) -> Figure:
    """Draws points coloured by group, over real ones in grey, which are embedded together; `group` names the groups.

    More than 60 groups are not named one by one.
    """
    figure = Figure(figsize=(6.4, 5.2), layout="constrained")
    panel = figure.subplots()
    if real is not None:
        x, y = real.T.cpu().numpy()
        panel.scatter(x, y, s=5, color="lightgrey", linewidths=0, label="real")
    present = groups.unique().tolist()
    for color, number in zip(colors(len(present)), present, strict=True):
        x, y = points[groups == number].T.cpu().numpy()
        name = f"{group} {number}" if len(present) <= 2 * MOST_LABELS else None
        panel.scatter(x, y, s=7, color=color, linewidths=0, label=name)
    panel.set_aspect("equal")
    panel.set_xticks([])
    panel.set_yticks([])
    panel.set_xlabel("t-SNE 1", fontsize=9)
    panel.set_ylabel("t-SNE 2", fontsize=9)
    panel.set_title(f"t-SNE of features of generated images, by {group}", fontsize=9)
    columns = 1 + len(present) // MOST_LABELS
    figure.legend(loc="outside right center", fontsize=7, markerscale=2, frameon=False, ncols=columns)
    return figure


def colors(n: int) -> list[tuple[float, float, float, float]]:
    """Returns n colours as different as possible, none of them the grey of real points."""
    tab20 = [colormaps["tab20"](i) for i in range(20) if i not in (14, 15)]  # dark and light in turn
    few = [*tab20[::2], to_rgba("black"), *tab20[1::2]]
    return few[:n] if n <= len(few) else [colormaps["turbo"](i / (n - 1)) for i in range(n)]

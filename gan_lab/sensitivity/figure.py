"""Draws how measures depend on k, the number of samples and the extractor."""

from collections.abc import Sequence
from typing import Literal

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from gan_lab.sensitivity.results import Record, curve, extractors

LINES: dict[str, Literal["--", "-"]] = {"real": "--", "generated": "-"}


def picture(results: Sequence[Record], against: str) -> Figure:
    """Draws a row of panels for each extractor: precision and recall by N and k, FID by N. `against` names the data."""
    names = extractors(results)
    ks = [int(key.rpartition("_k")[2]) for key in results[0] if key.startswith("precision_k")]
    colors = [colormaps["viridis"](0.9 * place / max(1, len(ks) - 1)) for place in range(len(ks))]
    figure = Figure(figsize=(10, 1.3 + 2.3 * len(names)), layout="constrained")
    for row, (name, panels) in enumerate(zip(names, figure.subplots(len(names), 3, squeeze=False), strict=True)):
        for panel, share in zip(panels, ("precision", "recall"), strict=False):
            for kind, line in LINES.items():
                for k, color in zip(ks, colors, strict=True):
                    panel.plot(
                        *curve(results, name, kind, f"{share}_k{k}"), line, color=color, marker="o", markersize=3
                    )
            panel.set_ylim(-0.03, 1.03)
            style(panel, results, share if row == 0 else "")
        panels[0].set_ylabel(name, fontsize=10)
        draw_fid(panels[2], results, name)
        style(panels[2], results, "FID, in units of the extractor" if row == 0 else "")
        for panel in panels:
            panel.set_xlabel("N, number of samples on each side" if name == names[-1] else "", fontsize=9)
    figure.suptitle(f"Measures of the same samples by k, N and extractor (compared with {against})", fontsize=11)
    handles = [Line2D([], [], color=color, marker="o", markersize=3) for color in colors]
    handles += [Line2D([], [], color="black", linestyle=line) for line in LINES.values()]
    handles.append(Line2D([], [], color="grey", linestyle=":"))
    labels = [f"k = {k}" for k in ks] + ["real and real", "generated and real", "proportional to 1/N"]
    figure.legend(handles, labels, loc="outside lower center", ncols=len(handles), fontsize=8, frameon=False)
    return figure


def draw_fid(panel: Axes, results: Sequence[Record], name: str) -> None:
    """Draws FID by N on two logarithmic axes, where a bias of c/N is a straight line."""
    for kind, line in LINES.items():
        sizes, fids = curve(results, name, kind, "fid")
        panel.plot(sizes, fids, line, color="black", marker="o", markersize=3)
        if kind == "real":
            panel.plot(sizes, [fids[0] * sizes[0] / n for n in sizes], ":", color="grey")
    panel.set_yscale("log")
    panel.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    panel.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    panel.yaxis.set_minor_formatter(NullFormatter())


def style(panel: Axes, results: Sequence[Record], title: str) -> None:
    """Puts N on a logarithmic axis with labels where it was measured, and sets the title."""
    sizes = sorted({record["n"] for record in results})
    panel.set_xscale("log")
    panel.set_xticks(sizes, [f"{n // 1000}k" if n % 1000 == 0 else str(n) for n in sizes], minor=False)
    panel.set_xticks([], minor=True)
    panel.set_title(title, fontsize=10)
    panel.tick_params(labelsize=8)
    panel.grid(alpha=0.3)

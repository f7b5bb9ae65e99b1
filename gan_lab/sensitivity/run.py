"""What `python -m gan_lab.sensitivity` does."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import torch
from jaxtyping import Float
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter
from torch import Tensor

from gan_lab.cli.build import build, fit
from gan_lab.cli.command import no_empty_folder
from gan_lab.data.base import DataModule
from gan_lab.errors import GanLabError
from gan_lab.evaluate.run import model_and_data
from gan_lab.images import to_uint8
from gan_lab.metric.feature import FeatureMeasure
from gan_lab.metric.frechet import FrechetDistance
from gan_lab.metric.frechet_infinity import intercept
from gan_lab.metric.kernel import KernelDistance
from gan_lab.metric.neighbours import squared_radii
from gan_lab.metric.prdc import prdc
from gan_lab.metric.real_images import quantised
from gan_lab.metric.seen import Reference, Seen
from gan_lab.runs.provenance import machine, versions, write_json
from gan_lab.runs.trained_model import chosen_device, refuse_broken
from gan_lab.terminal.bar import bar
from gan_lab.terminal.table import aligned, cell

SAMPLES = ("real", "generated")
"""What is compared with the real images of the split: training images, and a model's."""
LINES: dict[str, Literal["--", "-"]] = {"real": "--", "generated": "-"}

Record = dict[str, Any]


def sensitivity(config: dict[str, Any], command: str, overrides: list[str], dataset: str) -> dict[str, Any]:
    """Compares the first N training images, and as many generated ones, with the first N real images of the split: for
    each extractor, each N of `sizes` and each k of `ks`. Prints a table, writes sensitivity.json and sensitivity.png to
    `run_dir`, and returns what is in the former.

    What to expect: precision and recall rise with k, for the balls grow. With N the balls shrink: the values of samples
    that lie beside the data fall, those of real against real hardly move (coverage: see `PRDC`). FID falls as
    FID_∞ + c/N, and its units are those of the extractor. So no two such numbers can be compared unless k, N and
    extractor are the same.

    `results` there holds a record for each extractor, kind of samples and N. `fid_infinity` is the intercept of the
    least squares line through FID against 1/N, where both sides have N samples, unlike in `FrechetInfinity`: about 0
    for real against real of one law, once N is well above the number of features. MNIST's test images are of another
    law than its training images: other people wrote them.

    `overrides` are those of the command line, `dataset` is the chosen data's name. Raises GanLabError for what cannot
    be compared; nothing is written then.
    """
    with no_empty_folder(config["run_dir"]):
        if config["checkpoint"] is None:
            raise GanLabError("sensitivity takes checkpoint=PATH, a run folder or a .ckpt file")
        ks, sizes = numbers(config, "ks", least=1, count=1), numbers(config, "sizes", least=2, count=2)
        if ks[-1] >= sizes[0]:
            raise GanLabError(f"ks={ks} must be below {sizes[0]}, the least of sizes: a sample has so few neighbours")
        if len(config["data"]["shape"]) != 3:
            raise GanLabError(f"sensitivity is for images, not for points: data={dataset} has no extractors to compare")
        return study(config, ks, sizes, " ".join([command, *overrides]), overrides, dataset)


def study(
    config: dict[str, Any], ks: list[int], sizes: list[int], command: str, overrides: list[str], dataset: str
) -> dict[str, Any]:
    """`sensitivity`, once ks and sizes are known to be possible."""
    device = chosen_device(config["device"])
    measures = chosen_measures(config)
    start = time.perf_counter()
    subject, data = model_and_data(config, dataset, overrides, device)
    refuse_sizes(sizes, data, config["split"], dataset)
    for measure in measures:
        measure.prepare(data, sizes[-1], config["seed"], device)
    prepared = time.perf_counter()
    drawn = subject.draw(sizes[-1], config["seed"]).x
    refuse_broken(drawn)
    images = dict(zip(SAMPLES, (quantised(data.train, sizes[-1]), to_uint8(drawn)), strict=True))
    sampled = time.perf_counter()

    results: list[Record] = []
    for measure in measures:
        name = measure.extractor.name
        features = {kind: measure.look(some).features for kind, some in images.items()}
        for n in bar(sizes, f"numbers of samples by {name}"):
            firsts = {kind: some[:n] for kind, some in features.items()}
            found = compared(measure.reference.features[:n], firsts, ks)
            results += [{"extractor": name, "samples": kind, "n": n, **values} for kind, values in found.items()]
    measured = time.perf_counter()

    seconds = {"reference": prepared - start, "sampling": sampled - prepared, "measuring": measured - sampled}
    limits = intercepts(results)
    report = {
        "command": command,
        "overrides": overrides,
        "subject": subject.stated() | {"seed": config["seed"]},
        "protocol": {
            "dataset": dataset,
            "split": config["split"],
            "real": "the first N training images",
            "ks": ks,
            "sizes": sizes,
            "extractors": [measure.protocol() for measure in measures],
        },
        "results": results,
        "fid_infinity": limits,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "machine": machine(device),
        "versions": versions(),
    }
    run_dir = Path(config["run_dir"])
    write_json(run_dir / "sensitivity.json", report)
    against = f"{dataset}, {config['split']} images"
    picture(results, against).savefig(run_dir / "sensitivity.png", dpi=120)
    print("\n".join(["", *table(results, ks, limits)]))
    print(f"against as many {config['split']} images; real: training images")
    print("seconds: " + ", ".join(f"{name} {value:.1f}" for name, value in seconds.items()))
    print(f"sensitivity: {config['run_dir']}/sensitivity.json, sensitivity.png")
    return report


def numbers(config: Mapping[str, Any], key: str, least: int, count: int) -> list[int]:
    """`count` or more different whole numbers, none below `least`, rising. Raises GanLabError for anything else."""
    given = fit(config[key], tuple[int, ...], key)
    found = sorted(set(given))
    if len(found) < count or found[0] < least:
        many = "one number or more" if count == 1 else f"{count} different numbers or more"
        raise GanLabError(f"{key}={config[key]} must be {many}, each {least} or above")
    return found


def refuse_sizes(sizes: Sequence[int], data: DataModule, split: str, dataset: str) -> None:
    """Raises GanLabError where there are not so many real images on either side."""
    there = {f"{split} images": len(getattr(data, split)), "training images": len(data.train)}
    if sizes[-1] > min(there.values()):
        have = " and ".join(f"{count} {name}" for name, count in there.items())
        raise GanLabError(f"sizes go up to {sizes[-1]}, but data={dataset} has {have}: set sizes= to fewer")


def chosen_measures(config: Mapping[str, Any]) -> list[FeatureMeasure]:
    """A measure for each extractor: that of `metric` and those of `extractors`, each once.

    Raises GanLabError for a metric without an extractor, and where two extractors share a name.
    """
    metrics = {"metric": config["metric"]} | {f"extractors.{key}": value for key, value in config["extractors"].items()}
    # Whatever else the metric measures is neither wanted nor prepared.
    alone = {
        "metrics": {"frechet": {"_target_": f"{FrechetDistance.__module__}.FrechetDistance"}},
        "while_training": ["frechet"],
        "monitor": "fid",
        "split": config["split"],
    }
    measures: dict[str, FeatureMeasure] = {}
    settings: dict[str, Any] = {}
    for path, metric in metrics.items():
        if not {"extractor", "metrics"} <= metric.keys():
            raise GanLabError(f"{path} must look at images through an extractor, as mnistcnn, random and pixels do")
        measure: FeatureMeasure = build(metric | alone, path)
        name = measure.extractor.name
        if settings.setdefault(name, metric["extractor"]) != metric["extractor"]:
            raise GanLabError(f"{path}.extractor has the name of another one, {name}: name them differently")
        measures.setdefault(name, measure)
    return list(measures.values())


@torch.inference_mode()
def compared(
    real: Float[Tensor, "n d"], samples: Mapping[str, Float[Tensor, "m d"]], ks: Sequence[int]
) -> dict[str, dict[str, float]]:
    """FID, KID and, for each k, precision, recall, density and coverage of each cloud against the same real one."""
    metrics = FrechetDistance(), KernelDistance()
    for metric in metrics:
        metric.set_reference(Reference(Seen(real)))
    radii = squared_radii(real, tuple(ks))
    found = {}
    for kind, features in samples.items():
        values = {key: value for metric in metrics for key, value in metric.of(Seen(features)).items()}
        for k, shares in prdc(real, features, tuple(ks), radii).items():
            values |= {f"{key}_k{k}": value for key, value in asdict(shares).items()}
        found[kind] = values
    return found


def intercepts(results: Sequence[Record]) -> dict[str, dict[str, float]]:
    """By extractor and kind of samples, where the line of FID against 1/N meets 1/N = 0."""
    return {
        name: {
            kind: intercept([1 / n for n in sizes], fids)
            for kind in SAMPLES
            for sizes, fids in [curve(results, name, kind, "fid")]
        }
        for name in extractors(results)
    }


def extractors(results: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(record["extractor"] for record in results))


def curve(results: Sequence[Record], extractor: str, kind: str, measure: str) -> tuple[list[int], list[float]]:
    """A measure over N."""
    chosen = [record for record in results if (record["extractor"], record["samples"]) == (extractor, kind)]
    return [record["n"] for record in chosen], [record[measure] for record in chosen]


def table(results: Sequence[Record], ks: Sequence[int], limits: Mapping[str, Mapping[str, float]]) -> list[str]:
    """A line for each extractor, kind of samples and N; the values of all k in one cell."""
    shown = " ".join(str(k) for k in ks)
    lines = [["", "samples", "N", "FID", "KID", f"precision k={shown}", f"recall k={shown}"]]
    for record in results:
        name, kind = record["extractor"], record["samples"]
        shares = [" ".join(f"{record[f'{share}_k{k}']:.2f}" for k in ks) for share in ("precision", "recall")]
        lines.append([name, kind, str(record["n"]), cell(record["fid"]), cell(record["kid"]), *shares])
    for name, limit in limits.items():
        lines += [[name, kind, "infinite", cell(limit[kind]), "", "", ""] for kind in SAMPLES]
    order = {name: place for place, name in enumerate(limits)}
    head, *rest = lines
    return aligned([head, *sorted(rest, key=lambda line: (order[line[0]], SAMPLES.index(line[1])))])


def picture(results: Sequence[Record], against: str) -> Figure:
    """A row of panels for each extractor: precision and recall over N by k, FID over N. `against` names the data."""
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
        style(panels[2], results, "FID, in units of each extractor" if row == 0 else "")
        for panel in panels:
            panel.set_xlabel("N, samples on each side" if name == names[-1] else "", fontsize=9)
    figure.suptitle(f"The same samples by k, N and extractor (against {against})", fontsize=11)
    handles = [Line2D([], [], color=color, marker="o", markersize=3) for color in colors]
    handles += [Line2D([], [], color="black", linestyle=line) for line in LINES.values()]
    handles.append(Line2D([], [], color="grey", linestyle=":"))
    labels = [f"k = {k}" for k in ks] + ["real against real", "generated against real", "proportional to 1/N"]
    figure.legend(handles, labels, loc="outside lower center", ncols=len(handles), fontsize=8, frameon=False)
    return figure


def draw_fid(panel: Axes, results: Sequence[Record], name: str) -> None:
    """FID over N on two logarithmic axes, where a bias of c/N is a straight line."""
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
    """N on a logarithmic axis, labelled where it was measured."""
    sizes = sorted({record["n"] for record in results})
    panel.set_xscale("log")
    panel.set_xticks(sizes, [f"{n // 1000}k" if n % 1000 == 0 else str(n) for n in sizes], minor=False)
    panel.set_xticks([], minor=True)
    panel.set_title(title, fontsize=10)
    panel.tick_params(labelsize=8)
    panel.grid(alpha=0.3)

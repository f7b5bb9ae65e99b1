"""python -m tests.benchmarks.neighbours: the search for nearest neighbours by a k-d tree and by blocks, by dimension.

Source documents 003 and 004 compute precision and recall with a k-d tree, which 003 found too slow. Both searches get
the same points, in one thread: the three nearest of 10,000 to each of 10,000 others. They are Gaussian, or features of
MNIST's images by the shipped extractor on their first principal axes. The tree's time includes its construction. Writes
outputs/reference/benchmark_neighbours.json and outputs/reference/neighbours.png. Only ratios within one run mean
something on a machine that others share.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from scipy.spatial import cKDTree
from torch import Tensor

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.data.loading import load_data
from gan_lab.metric.extractor.base import Extractor
from gan_lab.metric.neighbours import nearest
from gan_lab.metric.real_images import quantised
from gan_lab.runs.atomic import write_json
from gan_lab.runs.picture_file import save_picture
from gan_lab.runs.provenance import provenance
from tests.benchmarks.timing import side_by_side, summary

FOLDER = Path("outputs/reference")
DIMENSIONS = (2, 4, 8, 16, 32, 64, 128, 384)
K = 3
TREE, BLOCKS = "k-d tree", "gan_lab"
Side = tuple[Tensor, Tensor]
"""The points whose neighbours are sought, and those among which they are."""


def gaussian(n: int, d: int) -> Side:
    generator = torch.Generator().manual_seed(d)
    return torch.randn(n, d, generator=generator), torch.randn(n, d, generator=generator)


def features(n: int) -> Side:
    """Those of n test and n training images of MNIST, by the extractor of metric=mnistcnn."""
    config = compose_config("data=mnist", "metric=mnistcnn")
    extractor: Extractor = build(config["metric"]["extractor"], "metric.extractor")
    data = load_data(config["data"])
    queries, others = (
        torch.cat([extractor(part) for part in quantised(samples, n).split(250)]) for samples in (data.test, data.train)
    )
    return queries, others


def on_principal_axes(side: Side, d: int) -> Side:
    """Both, on the d axes along which the others vary most."""
    queries, others = side
    mean = others.mean(0)
    axes = torch.linalg.eigh((others - mean).double().T.cov()).eigenvectors.flip(1)[:, :d].float()
    return (queries - mean) @ axes, (others - mean) @ axes


def by_tree(queries: Tensor, others: Tensor) -> Tensor:
    """The indices of the nearest others, n x k."""
    return torch.from_numpy(cKDTree(others.numpy()).query(queries.numpy(), K, workers=1)[1])


def by_blocks(queries: Tensor, others: Tensor) -> Tensor:
    """The indices of the nearest others, n x k."""
    return nearest(queries, others, K)[1]


def compared(sides: Callable[[int], Side], dimensions: Sequence[int], repeats: int, what: str) -> dict[str, Any]:
    """By dimension: the seconds of both, and whether they find the same neighbours of the first hundred points."""
    result = {}
    for d in dimensions:
        queries, others = sides(d)
        same = by_blocks(queries[:100], others).equal(by_tree(queries[:100], others))
        ways = {BLOCKS: partial(by_blocks, queries, others), TREE: partial(by_tree, queries, others)}
        seconds = side_by_side(ways, repeats, f"{what}, {d} dimensions")
        result[str(d)] = {"same_neighbours": same, **summary(seconds, BLOCKS)}
    return result


def picture(record: dict[str, Any]) -> Figure:
    """Seconds by dimension, both on logarithmic axes."""
    figure = Figure(figsize=(5, 3.6), layout="constrained")
    panel = figure.subplots()
    for points, line in (("gaussian", "-"), ("mnist", "--")):
        for way, color in ((TREE, "tab:red"), (BLOCKS, "tab:blue")):
            found = {int(d): values[way]["seconds"] for d, values in record[points].items()}
            label = f"{way}, {'Gaussian' if points == 'gaussian' else 'features of MNIST'}"
            panel.plot([*found], [*found.values()], line, color=color, marker="o", markersize=3, label=label)
    panel.set_xscale("log", base=2)
    panel.set_yscale("log")
    dimensions = [int(d) for d in record["gaussian"]]
    panel.set_xticks(dimensions, [str(d) for d in dimensions])
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.set_xlabel("dimensions")
    panel.set_ylabel(f"seconds for {record['n']:,} points, k = {record['k']}")
    panel.grid(alpha=0.3)
    panel.legend(fontsize=8, frameon=False)
    return figure


def measure(n: int, repeats: int, dimensions: Sequence[int], real: Side) -> dict[str, Any]:
    """The record, for this side of features in as many dimensions as the largest."""
    return {
        "command": f"python -m tests.benchmarks.neighbours --n {n} --repeats {repeats}",
        "n": n,
        "k": K,
        "gaussian": compared(partial(gaussian, n), dimensions, repeats, "Gaussian"),
        "mnist": compared(partial(on_principal_axes, real), dimensions, repeats, "MNIST"),
        **provenance(torch.device("cpu"), libraries=("scipy",)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder of the record and the picture")
    options = parser.parse_args()
    torch.set_num_threads(1)
    record = measure(options.n, options.repeats, DIMENSIONS, features(options.n))
    write_json(options.out / "benchmark_neighbours.json", record)
    save_picture(picture(record), options.out / "neighbours.png", dpi=120)
    for points in ("gaussian", "mnist"):
        for d, found in record[points].items():
            times = found[TREE]["times_ours"][0]
            print(
                f"{points}, {d}: the tree takes {times:.2f} times as long, same neighbours: {found['same_neighbours']}"
            )


if __name__ == "__main__":
    main()

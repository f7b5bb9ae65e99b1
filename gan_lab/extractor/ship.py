"""Measures usual real images once for everyone: `python -m gan_lab.extractor.ship METRIC DATA...`

What is dear to compute of the real images of a data set, their floors above all, is written to a file that comes with
gan_lab, so that no first run waits for it. The file belongs to the extractor of `metric=METRIC`. It has both splits of
each `data=DATA`, with as many images as evaluations compare by default. Write it again after a change to what it holds.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from gan_lab.build import build
from gan_lab.cli.command import run_command
from gan_lab.config.compose import compose_config
from gan_lab.data.loading import load_data
from gan_lab.errors import GanLabError
from gan_lab.metric.feature import FeatureMeasure
from gan_lab.metric.shipped import FOLDER
from gan_lab.runs.atomic import write_bytes
from gan_lab.runs.bundle import bundled, name_of
from gan_lab.runs.cache import Key, TensorCache, Tensors

SMALL = ("moments", "floor of ")
"""What is kept of data that the extractor was not made for, by the first word of its kind."""
LARGE = ("seen", "head", "near ")
"""What is not kept: features, and neighbours for intervals, are large and quick to compute."""


class Recorder(TensorCache):
    """A cache that notes what it was asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.asked: list[tuple[Key, Tensors]] = []

    def get(self, key: Key, compute: Callable[[], Tensors], where: Key | None = None) -> Tensors:
        found = super().get(key, compute, where)
        self.asked.append((key, found))
        return found


def ship(metric: str, datasets: Sequence[str]) -> Path:
    """Writes the file of an extractor, and returns its path. Raises GanLabError for what has no features."""
    entries: dict[str, Tensors] = {}
    names = set()
    with TemporaryDirectory() as folder:
        for config, n in [chosen for dataset in datasets for chosen in usual(metric, dataset)]:
            measure = build(config["metric"], "metric")
            if not isinstance(measure, FeatureMeasure):
                raise GanLabError(f"metric={metric} has no features of real images to keep")
            cache = measure.cache = Recorder(Path(folder))
            data = load_data(config["data"])
            measure.prepare(data, n, 0, torch.device("cpu"))
            measure.floor()
            measure.get_ready(final=True)
            fits = measure.extractor.fits(data)
            entries |= {name_of(key): tensors for key, tensors in cache.asked if is_kept(str(key["kind"]), fits)}
            names.add(measure.extractor.name)
    (name,) = names
    path = FOLDER / f"{name}.safetensors"
    write_bytes(path, bundled(entries))
    return path


def usual(metric: str, dataset: str) -> Iterator[tuple[dict[str, Any], int]]:
    """Yields the configuration and the number of samples of evaluations while training, and of those afterwards."""
    chosen = (f"metric={metric}", f"data={dataset}")
    training = compose_config(*chosen)
    yield training, training["callbacks"]["evaluation"]["n"]
    afterwards = compose_config(*chosen, root="evaluate", keys=("metric", "data", "n", "seed"))
    yield afterwards, afterwards["n"]


def is_kept(kind: str, fits: bool) -> bool:
    """Returns whether something of this kind is kept, of data that the extractor was made for or not."""
    return kind.startswith(SMALL) if not fits else not kind.startswith(LARGE)


def main() -> None:
    """Writes the file that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m gan_lab.extractor.ship", description=__doc__)
    parser.add_argument("metric", help="the name of a measure, such as mnistcnn")
    parser.add_argument("data", nargs="+", help="names of data sets, such as mnist fashion_mnist")

    def start() -> None:
        options = parser.parse_args()
        path = ship(options.metric, options.data)
        print(f"{path}: {path.stat().st_size:,} bytes")

    run_command(start)


if __name__ == "__main__":
    main()

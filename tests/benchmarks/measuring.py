"""python -m tests.benchmarks.measuring: our measures against the libraries that a user would call instead.

The same features go to all, drawn from a Gaussian whose variances fall like those of real features. Writes
outputs/reference/benchmark_measuring.json. Only ratios within one run mean something on a machine that others share.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from prdc import compute_prdc
from torch import Tensor, nn
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_prc import calculate_precision_recall_full
from torchmetrics.image.fid import FrechetInceptionDistance

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.frechet import FrechetDistance, frechet_distance
from gan_lab.metric.prdc import PRDC, prdc
from gan_lab.runs.atomic import write_json
from gan_lab.runs.cache import TensorCache
from gan_lab.runs.provenance import provenance
from tests.benchmarks.timing import peak_megabytes, side_by_side, summary

RESULT = Path("outputs/reference/benchmark_measuring.json")
SIZES = (2500, 5000, 10_000, 20_000, 50_000)


def features(seed: int, n: int, d: int, shift: float = 0.0) -> Tensor:
    """n draws in d dimensions, variances falling as 1/i along random axes, the same for all seeds."""
    axes = torch.linalg.qr(torch.randn(d, d, generator=torch.Generator().manual_seed(9)))[0]
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator) * torch.arange(1, d + 1) ** -0.5 @ axes + shift


class Identity(nn.Module):
    """The extractor for features that are there already."""

    num_features = 2048

    def forward(self, features: Tensor) -> Tensor:
        return features


def fid(real: Tensor, fake: Tensor, repeats: int) -> dict[str, Any]:
    """From features to the number, and from statistics to the number.

    torchmetrics gets its features in batches of 64, as in training loops, and of 2000, which is the fastest.
    """
    values: dict[str, float] = {}
    library = FrechetInceptionDistance(feature=Identity())

    def torchmetrics_update(batch: int) -> None:
        library.reset()
        for part in real.split(batch):
            library.update(part, real=True)
        for part in fake.split(batch):
            library.update(part, real=False)

    def torchmetrics_compute() -> None:
        library._computed = None  # it would give the last value again
        values["torchmetrics"] = library.compute().item()

    def torchmetrics_all(batch: int) -> None:
        torchmetrics_update(batch)
        torchmetrics_compute()

    def torch_fidelity() -> None:
        statistics = [fid_features_to_statistics(side) for side in (fake, real)]
        found = fid_statistics_to_metric(*statistics, verbose=False)
        values["torch_fidelity"] = found["frechet_inception_distance"]

    def ours() -> None:
        metric = FrechetDistance()
        metric.set_reference(Reference(Features(real)))
        metric.update(Features(fake))
        values["gan_lab"] = metric.compute()["fid"]

    known = FrechetDistance()
    known.set_reference(Reference(Features(real)))

    def ours_again() -> None:
        known.reset()
        known.update(Features(fake))
        known.compute()

    means = [side.double().mean(0) for side in (real, fake)]
    covariances = [side.double().T.cov() for side in (real, fake)]

    def ours_from_statistics() -> None:
        factor = torch.linalg.cholesky(covariances[0])
        frechet_distance(means[0], factor, means[1], covariances[1])

    torchmetrics_update(2000)
    ways = {"gan_lab": ours_from_statistics, "torchmetrics": torchmetrics_compute}
    from_statistics = summary(side_by_side(ways, repeats, "FID from statistics"), "gan_lab")
    ways = {
        "gan_lab": ours,
        "gan_lab, known reference": ours_again,
        "torchmetrics, batches of 64": lambda: torchmetrics_all(64),
        "torchmetrics, batches of 2000": lambda: torchmetrics_all(2000),
        "torch_fidelity": torch_fidelity,
    }
    from_features = summary(side_by_side(ways, repeats, "FID from features"), "gan_lab")
    return {"from_statistics": from_statistics, "from_features": from_features, "values": values}


def neighbours(real: Tensor, fake: Tensor, repeats: int) -> dict[str, Any]:
    """Precision, recall, density and coverage; torch-fidelity has the first two alone."""
    values: dict[str, Any] = {}

    def ours() -> None:
        found = prdc(real, fake, (3, 5))
        values["gan_lab"] = {k: [v.precision, v.recall, v.density, v.coverage] for k, v in found.items()}

    known = PRDC()
    known.set_reference(Reference(Features(real)))

    def ours_again() -> None:
        known.reset()
        known.update(Features(fake))
        known.compute()

    def theirs() -> None:
        found = compute_prdc(real.numpy(), fake.numpy(), nearest_k=5)
        values["prdc"] = {5: [float(found[name]) for name in ("precision", "recall", "density", "coverage")]}

    def torch_fidelity() -> None:
        found = calculate_precision_recall_full(fake, real, neighborhood=3, batch_size=10_000)
        values["torch_fidelity"] = {3: [float(value) for value in found[:2]]}

    ways = {
        "gan_lab": ours,
        "gan_lab, known reference": ours_again,
        "prdc": theirs,
        "torch_fidelity, precision and recall": torch_fidelity,
    }
    return {"seconds": summary(side_by_side(ways, repeats, "neighbours"), "gan_lab"), "values": values}


def growth() -> list[dict[str, float]]:
    """Time and memory of all four measures for n + n samples, each n in a process of its own."""
    rows = []
    for n in SIZES:
        command = [sys.executable, "-m", "tests.benchmarks.measuring", "--one", str(n)]
        rows.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        print(rows[-1])
    return rows


def one(n: int) -> dict[str, float]:
    real, fake = features(0, n, 384), features(1, n, 384, 0.02)
    before = peak_megabytes()
    start = time.perf_counter()
    prdc(real, fake, (3, 5))
    seconds = time.perf_counter() - start
    return {"n": n, "seconds": round(seconds, 3), "peak_mb": round(peak_megabytes()), "before_mb": round(before)}


def reference() -> dict[str, float]:
    """Seconds for what depends on the real side alone, the first time and from the disk."""
    real = Features(features(0, 10_000, 384))
    with tempfile.TemporaryDirectory() as folder:
        cache = TensorCache(Path(folder))
        found = {}
        for name in ("first", "again"):
            start = time.perf_counter()
            for metric in (FrechetDistance(), PRDC()):
                metric.set_reference(
                    Reference(real, None, lambda part, compute: cache.get({"kind": part.name}, compute))
                )
            found[name] = round(time.perf_counter() - start, 4)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", type=int, help="only measure n + n samples and print one line")
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one)))
        return
    n, repeats = options.n, options.repeats
    sizes = growth()
    record = {
        "command": "python -m tests.benchmarks.measuring",
        "n": n,
        "fid_2048": fid(features(0, n, 2048), features(1, n, 2048, 0.02), repeats),
        "neighbours_384": neighbours(features(0, n, 384), features(1, n, 384, 0.02), repeats),
        "reference_384": reference(),
        "growth_384": sizes,
        **provenance(torch.device("cpu"), libraries=("torch_fidelity", "prdc", "scikit-learn")),
    }
    write_json(RESULT, record)
    print(json.dumps({key: record[key] for key in ("fid_2048", "neighbours_384", "reference_384")}, indent=1))
    print(f"result: {RESULT}")


if __name__ == "__main__":
    main()

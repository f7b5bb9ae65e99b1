"""Two processes measure what one does, however unequal their shares."""

import hashlib
import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import Tensor

from gan_lab.data.base import DataModule
from gan_lab.data.digits import Digits
from gan_lab.data.ring import Ring
from gan_lab.distributed.ranks import rank_zero_first, together
from gan_lab.errors import GanLabError
from gan_lab.metric import frechet_infinity, kernel, neighbours
from gan_lab.metric.alpha_precision import AlphaPrecision
from gan_lab.metric.base import Evaluator
from gan_lab.metric.c2st import ClassifierTwoSampleTest
from gan_lab.metric.class_balance import ClassBalance
from gan_lab.metric.class_distances import ClassDistances
from gan_lab.metric.class_diversity import ClassDiversity
from gan_lab.metric.classification_accuracy import ClassificationAccuracy
from gan_lab.metric.clusters import Clusters
from gan_lab.metric.components import Components
from gan_lab.metric.copying import Copying
from gan_lab.metric.duplicates import Duplicates
from gan_lab.metric.extractor.random import RandomFeatures
from gan_lab.metric.extractor.trained import TrainedFeatures
from gan_lab.metric.extractor.trained_files import SHIPPED
from gan_lab.metric.feature import FeatureMeasure
from gan_lab.metric.frechet import FrechetDistance
from gan_lab.metric.frechet_infinity import FrechetInfinity
from gan_lab.metric.inception_score import InceptionScore
from gan_lab.metric.kernel import KernelDistance, mean_between, mean_within
from gan_lab.metric.likelihood import FeatureLikelihood
from gan_lab.metric.neighbours import nearest
from gan_lab.metric.permutation import PermutationTest
from gan_lab.metric.points import PointMeasure
from gan_lab.metric.prdc import PRDC, prdc
from gan_lab.metric.reconstruction import Reconstruction
from gan_lab.metric.torch_fidelity import TorchFidelityMeasure
from gan_lab.metric.vendi import Vendi
from gan_lab.network.base import Generator
from gan_lab.prior.code_search import CodeSearch
from gan_lab.prior.normal import Normal
from tests.metric.conftest import CPU, counted

pytestmark = pytest.mark.xdist_group("metric ranks")  # one worker starts the processes that all of these share

N = 200
SHARES = [N, 150, 0]
"""Of the first rank."""
CHUNK = 16
"""Rows that are searched at once: small, so that there is something to share."""
Said = dict[Any, Any]
"""What a process found, by what it looked for."""


def digits() -> Digits:
    data = Digits(shape=(1, 28, 28), num_classes=10, batch_size=64, seed=0, split_seed=0)
    data.setup()
    return data


def ring() -> Ring:
    data = Ring(shape=(2,), num_classes=8, batch_size=64, seed=0, split_seed=0)
    data.setup()
    return data


def random_features() -> RandomFeatures:
    return RandomFeatures(name="random-v1", seed=0)


def feature_measure(cache: str) -> FeatureMeasure:
    return FeatureMeasure(
        extractor=random_features(),
        metrics={"frechet": FrechetDistance(), "pr": PRDC(), "kernel": KernelDistance(chunk=CHUNK)},
        while_training=["frechet", "pr"],
        monitor="fid",
        split="validation",
        batch_size=50,
        cache_dir=cache,
    )


class Waves(Generator):
    """Two slopes over the image. No product of matrices, whose rounding depends on the number of images."""

    def __init__(self, *, latent_dim: int, shape: tuple[int, ...]) -> None:
        super().__init__(latent_dim=latent_dim, shape=shape)
        self.slopes = torch.nn.Parameter(torch.tensor([2.0, 3.0]))

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        across, down = (self.slopes * z).T[:, :, None, None, None]
        line = torch.linspace(-1, 1, 28)
        return torch.tanh(across * line + down * line[:, None])


DESCENT = CodeSearch(candidates=20, starts=2, steps=5, learning_rate=0.1, weight=0.1, batch_size=6)


def class_measure(cache: str) -> FeatureMeasure:
    """Everything else that images have, through the classifier."""
    digest = hashlib.sha256((SHIPPED / "mnistcnn-v1.safetensors").read_bytes()).hexdigest()
    measure = FeatureMeasure(
        extractor=TrainedFeatures(name="mnistcnn-v1", sha256=digest),
        metrics={
            "frechet": FrechetDistance(),
            "infinity": FrechetInfinity(sizes=4, subsets=8),
            "copying": Copying(train_images=300),
            "duplicates": Duplicates(),
            "balance": ClassBalance(),
            "diversity": ClassDiversity(),
            "score": InceptionScore(splits=1),
            "components": Components(),
            "class_distances": ClassDistances(least_images=15),
            "alpha_precision": AlphaPrecision(),
            "clusters": Clusters(),
            "vendi": Vendi(),
            "c2st": ClassifierTwoSampleTest(),
            "cas": ClassificationAccuracy(),
            "fld": FeatureLikelihood(train_images=500),
            "mmd": PermutationTest(permutations=9, chunk=CHUNK),
            "reconstruction": Reconstruction(images=7, descent=DESCENT),
        },
        while_training=["frechet"],
        monitor="fid",
        split="validation",
        batch_size=50,
        cache_dir=cache,
    )
    measure.set_label_classes(10)
    measure.set_networks((Waves(latent_dim=2, shape=(1, 28, 28)), Normal(dim=2)))
    return measure


def measures(cache: str) -> dict[str, tuple[Evaluator, DataModule]]:
    fidelity = TorchFidelityMeasure(extractor=random_features(), split="validation", k=3, batch_size=50)
    points = PointMeasure(split="validation", emd_points=N, high_quality_threshold=4.0)
    classes = class_measure(f"{cache}/classes")
    return {
        "feature": (feature_measure(cache), digits()),
        "classes": (classes, digits()),
        "fidelity": (fidelity, digits()),
        "points": (points, ring()),
    }


def share_of(samples: Tensor, rank: int, first: int) -> Tensor:
    """This rank's samples: the first rank has `first`, the second the rest."""
    return samples[:first] if rank == 0 else samples[first:]


def values_of(rank: int, world_size: int, cache: str) -> Said:
    """All that the measures say, of each kind and each way of sharing."""
    said: Said = {}
    for name, (measure, data) in measures(cache).items():
        measure.prepare(data, N, 0, CPU)
        measure.get_ready(final=True)
        samples = 0.8 * data.test.batch(torch.arange(N)).images
        for first in SHARES:
            chosen = share_of(torch.arange(N), rank, first) if world_size == 2 else torch.arange(N)
            for part in chosen.split(40) if len(chosen) else ():
                measure.update(samples[part], part % 10)  # as if drawn for ten components in turn
            with rows_counted() as rows:
                said[name, first] = measure.compute(final=True)
            said[name, first, "intervals"] = measure.intervals
            said[name, first, "rows"] = sum(rows)
        said[name, "floor"] = measure.floor()
        broken = samples.clone()
        broken[-1] = math.nan  # on the second rank
        measure.update(share_of(broken, rank, 150) if world_size == 2 else broken)
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            said[name, "broken"] = measure.compute()
        said[name, "warnings"] = [str(w.message) for w in warned]
    return said


@contextmanager
def rows_counted() -> Iterator[list[int]]:
    """Collects the numbers of rows whose distances or kernels this process computes; for each FID of a subset, that of
    its features."""
    rows: list[int] = []

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(some: Tensor, *others: Any) -> Any:
            rows.append(len(some))
            return function(some, *others)

        return counted

    with (
        patch.object(neighbours, "squared_distances", counting(neighbours.squared_distances)),
        patch.object(kernel, "cubic", counting(kernel.cubic)),
        patch.object(frechet_infinity, "frechet_distance", counting(frechet_infinity.frechet_distance)),
    ):
        yield rows


def normal(seed: int, n: int) -> Tensor:
    return torch.randn(n, 12, generator=torch.Generator().manual_seed(seed))


CLOUDS = {
    "one chunk": (normal(0, 6), normal(1, 7)),  # the second rank has nothing to do
    "uneven": (normal(0, 33), normal(1, 20)),
    "even": (normal(0, 64), normal(1, 90)),
    "ties": (normal(0, 64).round(), normal(1, 90).round()),
    "sought again in float64": (torch.cat([normal(0, 50), 5 + 1e-4 * normal(1, 30)]), 5 + 1e-4 * normal(2, 70)),
}


def searches() -> Said:
    """What is found in each of the clouds, and how many rows this process searched for it."""
    found: Said = {}
    for name, (x, y) in CLOUDS.items():
        with rows_counted() as rows:
            among, others = nearest(x, None, 2, CHUNK), nearest(x, y, 2, CHUNK)
            shares = {k: asdict(shares) for k, shares in prdc(y, x, (3, 5), chunk=CHUNK).items()}
            kernels = mean_within(x.double(), CHUNK), mean_between(x.double(), y.double(), CHUNK)
        found[name] = [[part.tolist() for part in (*among, *others)], shares, kernels]
        found[name, "rows"] = sum(rows)
    return found


def found_apart(rank: int) -> tuple[Any, Any]:
    """What the first rank finds while the other one has nothing to search, and both where one goes first."""
    x, y = CLOUDS["uneven"]
    apart = nearest(x, y, 2, CHUNK)[1].tolist() if rank == 0 else None
    with together(), rank_zero_first():
        return apart, nearest(x, y, 2, CHUNK)[1].tolist()


def extractions(cache: str) -> int:
    """How many images this rank's extractor saw for the real side."""
    measure = feature_measure(cache)
    with counted(measure.extractor) as sizes:
        measure.prepare(digits(), N, 0, CPU)
        measure.floor()
    return sum(sizes)


def floor_of_a_cold_disk(rank: int, folder: str) -> dict[str, float]:
    """What a rank hears where the ranks share no disk and only the first one has been here before."""
    measure = feature_measure(f"{folder}/two" if rank == 0 else f"{folder}/cold")
    measure.prepare(digits(), N, 0, CPU)
    return measure.floor()


def failure(rank: int) -> str | None:
    """What a rank hears when the library fails on the first one."""
    measure = TorchFidelityMeasure(extractor=random_features(), split="validation", k=3, batch_size=50)
    measure.prepare(digits(), 100, 0, CPU)
    measure.k = 150  # more neighbours than images
    measure.update(torch.zeros(60, 1, 28, 28))
    try:
        measure.compute()
    except Exception as error:
        return type(error).__name__
    return None


def refusal() -> str | None:
    """What a rank hears when no rank can prepare."""
    try:
        feature_measure("unused").prepare(ring(), N, 0, CPU)
    except GanLabError as error:
        return str(error)
    return None


def play(rank: int, folder: str) -> None:
    torch.set_num_threads(1)
    rendezvous = f"file://{folder}/rendezvous"
    # A rank that waits for one that never comes shall fail.
    dist.init_process_group("gloo", rendezvous, timedelta(minutes=2), rank=rank, world_size=2)
    neighbours.ENTRIES, neighbours.ROWS = CHUNK * N, 1
    said = {
        "extractions": extractions(f"{folder}/two"),
        "cold": floor_of_a_cold_disk(rank, folder),
        "values": values_of(rank, 2, f"{folder}/two"),
        "apart": found_apart(rank),
        "failure": failure(rank),
        "refusal": refusal(),
    }
    with together():
        said["searches"] = searches()
    torch.save(said, f"{folder}/{rank}.pt")
    dist.destroy_process_group()


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[Said]:
    folder = tmp_path_factory.mktemp("ranks")
    mp.spawn(play, (str(folder),), nprocs=2)
    return [torch.load(folder / f"{rank}.pt") for rank in (0, 1)]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Said:
    return values_of(0, 1, str(tmp_path_factory.mktemp("alone")))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["feature", "classes", "fidelity", "points"])
@pytest.mark.parametrize("first", [*SHARES, "floor"])
def test_shares_do_not_matter(said: list[Said], alone: Said, kind: str, first: int | str) -> None:
    expected = alone[kind, first]
    assert said[0]["values"][kind, first] == said[1]["values"][kind, first]
    assert said[0]["values"][kind, first] == pytest.approx(expected, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["feature", "classes", "points"])
@pytest.mark.parametrize("first", SHARES)
def test_shares_do_not_matter_to_intervals(said: list[Said], alone: Said, kind: str, first: int) -> None:
    expected = alone[kind, first, "intervals"]
    assert {*expected} & {"fid", "emd"}
    for rank in said:
        found = rank["values"][kind, first, "intervals"]
        assert {*found} == {*expected}
        for key, interval in expected.items():
            assert found[key] == pytest.approx(interval, rel=1e-5, abs=1e-9), key


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["feature", "classes"])
@pytest.mark.parametrize("first", SHARES)
def test_ranks_share_the_searches_of_a_measure(said: list[Said], alone: Said, kind: str, first: int) -> None:
    """Whoever has the samples."""
    rows = [rank["values"][kind, first, "rows"] for rank in said]
    assert sum(rows) == alone[kind, first, "rows"]
    assert max(rows) < 0.6 * sum(rows)


@pytest.mark.slow
@pytest.mark.parametrize("name", CLOUDS)
def test_what_ranks_find_together_is_what_one_finds_to_the_last_digit(said: list[Said], name: str) -> None:
    expected = searches()
    assert said[0]["searches"][name] == said[1]["searches"][name] == expected[name]
    rows = [rank["searches"][name, "rows"] for rank in said]
    assert sum(rows) == expected[name, "rows"]
    assert (rows[1] == 0) == (name == "one chunk")


@pytest.mark.slow
def test_a_rank_that_searches_apart_does_it_all(said: list[Said]) -> None:
    x, y = CLOUDS["uneven"]
    expected = nearest(x, y, 2, CHUNK)[1].tolist()
    assert said[0]["apart"] == (expected, expected)
    assert said[1]["apart"] == (None, expected)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["feature", "classes", "fidelity", "points"])
def test_both_ranks_hear_of_a_broken_sample_of_one(said: list[Said], kind: str) -> None:
    for rank in (0, 1):
        assert all(math.isnan(value) for value in said[rank]["values"][kind, "broken"].values())
    assert [said[rank]["values"][kind, "warnings"] for rank in (0, 1)] == [
        [f"1 of {N} generated samples are not finite, so nothing is measured"],
        [],
    ]


@pytest.mark.slow
def test_one_rank_looks_at_the_real_images(said: list[Said]) -> None:
    assert [rank["extractions"] for rank in said] == [1 + 997 + N + N, 1]


@pytest.mark.slow
def test_ranks_without_a_common_disk(said: list[Said]) -> None:
    assert said[0]["cold"] == pytest.approx(said[1]["cold"], rel=1e-6)


@pytest.mark.slow
def test_an_error_on_one_rank_reaches_both(said: list[Said]) -> None:
    assert said[0]["failure"] == said[1]["failure"] is not None
    assert "metric=points" in said[0]["refusal"] == said[1]["refusal"]

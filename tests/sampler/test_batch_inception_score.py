"""Rejection of whole batches by their Inception score."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gan_lab.errors import GanLabError, SamplingBudgetError
from gan_lab.sampler.batch_inception_score import BatchInceptionScore
from gan_lab.sampler.direct import Direct
from gan_lab.sampler.draws import Draws
from tests.sampler.known import Affine, Points, Through, Told, drawn, module, plain, seeded

SIZE = 20


def batches(**changed: Any) -> BatchInceptionScore:
    settings: dict[str, Any] = {
        "batch_size": 500,
        "proposal": plain(500),
        "min_efficiency": 1e-3,
        "images_per_batch": SIZE,
        "threshold": None,
        "quantile": 0.5,
        "pilot_batches": 60,
    }
    return BatchInceptionScore(**settings | changed)


def three_classes(n: int = 600) -> Points:
    """Three blobs on a line, a class each."""
    generator = torch.Generator().manual_seed(2)
    labels = torch.arange(n) % 3
    values = torch.stack([2.0 * labels - 2.0, torch.zeros(n)], 1) + 0.2 * torch.randn(n, 2, generator=generator)
    return Points(values, labels, 3)


DATA = three_classes()


def model() -> Any:
    """Samples of N(0, 4): of all three classes, and between them."""
    return module(Affine(2, scale=2.0), Told(2, lambda x: x.sum(1)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> Path:
    """The classifier of these data is trained once."""
    return tmp_path_factory.mktemp("kept")


def prepared(folder: Path, **changed: Any) -> BatchInceptionScore:
    sampler = batches(**changed)
    sampler.prepare(model(), DATA, folder)
    return sampler


def scores(sampler: BatchInceptionScore, x: torch.Tensor) -> np.ndarray:
    """exp E KL(p(y | x) || p(y)) of each batch, in numpy."""
    with torch.no_grad():
        p = sampler.classifier(x).double().softmax(1).numpy()
    p = p.reshape(-1, SIZE, 3)
    divergence = (p * (np.log(p) - np.log(p.mean(1, keepdims=True)))).sum(2)
    return np.exp(divergence.mean(1))


def test_a_threshold_of_0_accepts_every_batch_and_leaves_the_proposals_samples(folder: Path) -> None:
    sampler = prepared(folder, threshold=0.0, quantile=None)
    result = sampler.sample(5 * SIZE, seeded())
    assert result.stats["acceptance"] == 1.0
    assert result.stats["proposed"] == 5.0
    assert torch.equal(result.x, drawn(plain(500), model(), DATA, 5 * SIZE).x)


def test_what_is_kept_are_whole_batches_above_the_threshold(folder: Path) -> None:
    sampler = prepared(folder, quantile=0.6)
    n = 8 * SIZE
    result = sampler.sample(n, seeded())
    found = scores(sampler, result.x)
    assert (found > sampler.used).all()
    assert found.mean() == pytest.approx(result.report["score"], rel=1e-6)
    # Each batch is one attempt of the proposal, the first whose score is high enough.
    draws = Draws.of(sampler.context.prior, n, seeded())
    for batch in range(8):
        every, attempt = draws.at(torch.arange(batch * SIZE, (batch + 1) * SIZE)), 0
        while scores(sampler, 2 * every.attempt(attempt).codes(sampler.context.prior).z)[0] <= sampler.used:
            attempt += 1
        assert torch.equal(
            result.latent.z[batch * SIZE :][:SIZE], every.attempt(attempt).codes(sampler.context.prior).z
        )
    assert result.report["score_unfiltered"] < result.report["score"]


@pytest.mark.parametrize("quantile", [0.0, 0.3, 0.7])
def test_a_quantile_rejects_that_share(folder: Path, quantile: float) -> None:
    pilot = 200
    sampler = prepared(folder, quantile=quantile, pilot_batches=pilot)
    result = sampler.sample(150 * SIZE, seeded())
    share, proposed = 1 - quantile, result.stats["proposed"]
    # of these batches, and of the pilot's, whose quantile this is; the lowest of the pilot's is not above itself
    error = 4.5 * (max(share * quantile, 1 / pilot) * (1 / proposed + 1 / pilot)) ** 0.5
    assert abs(result.stats["acceptance"] - share) < error
    assert result.stats["accepted"] == 150


def test_the_pilot_is_described(folder: Path) -> None:
    sampler = prepared(folder)
    report = sampler.sample(SIZE, seeded()).report
    with torch.no_grad():
        x = 2 * sampler.proposal.trial(60 * SIZE, "pilot").z
    assert report["score_unfiltered"] == pytest.approx(scores(sampler, x).mean(), rel=1e-6)
    assert report["score_unfiltered_std"] == pytest.approx(scores(sampler, x).std(ddof=1), rel=1e-6)
    assert report["threshold"] == pytest.approx(np.quantile(scores(sampler, x), 0.5), rel=1e-6)
    assert report["classifier_accuracy"] > 0.98


def test_the_last_batch_is_cut(folder: Path) -> None:
    sampler = prepared(folder)
    whole, some = sampler.sample(3 * SIZE, seeded()), sampler.sample(2 * SIZE + 7, seeded())
    assert some.x.shape == (2 * SIZE + 7, 2)
    assert some.stats["accepted"] == 3
    assert torch.equal(some.x, whole.x[: 2 * SIZE + 7])


def test_a_batch_shared_by_two_processes_is_the_same_in_both(folder: Path) -> None:
    sampler = prepared(folder)
    whole = sampler.sample(50, seeded())
    parts = [sampler.sample(50, seeded(), rank=rank, world_size=4) for rank in range(4)]
    assert torch.equal(torch.cat([part.x for part in parts]), whole.x)


def test_images_of_one_class_each_have_the_largest_score_and_of_one_place_the_smallest(folder: Path) -> None:
    def on_centres(z: torch.Tensor) -> torch.Tensor:
        place = torch.where(z[:, :1] < -0.4307, -2.0, torch.where(z[:, :1] > 0.4307, 2.0, 0.0))
        return torch.cat([place, 0 * place], 1)

    sharp = module(Through(2, on_centres), Told(2, lambda x: x.sum(1)))
    constant = module(Affine(2, scale=0.0), Told(2, lambda x: x.sum(1)))
    means = []
    for each in (sharp, constant):
        sampler = batches(threshold=0.0, quantile=None, images_per_batch=200, pilot_batches=5)
        sampler.prepare(each, DATA, folder)
        means.append(sampler.pilot_mean)
    assert means[0] == pytest.approx(3.0, abs=0.1)
    assert means[1] == pytest.approx(1.0, abs=1e-9)


def test_no_score_exceeds_the_number_of_classes(folder: Path) -> None:
    for threshold in (3.0, 5.4):
        with pytest.raises(GanLabError, match="at most the number of classes, 3"):
            prepared(folder, threshold=threshold, quantile=None)


def test_what_no_batch_reaches_is_a_budget_error(folder: Path) -> None:
    sampler = prepared(folder, threshold=2.999, quantile=None, min_efficiency=0.05)
    with pytest.raises(SamplingBudgetError, match=r"the pilot's batches score \d\.\d+ ± 0\.\d+") as caught:
        sampler.sample(100 * SIZE, seeded())
    error = caught.value
    assert (error.sampler, error.wanted, error.accepted) == ("batch_inception_score", 100, 0)
    assert error.proposed == 200  # batches, and no fewer before it gives up
    assert isinstance(error.z, torch.Tensor)
    assert error.z.shape == (0, 2)


def test_data_without_labels_are_refused() -> None:
    with pytest.raises(GanLabError, match="no labels"):
        drawn(batches(), model(), Points(DATA.points.values), 5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": 2.0},
        {"quantile": None},
        {"quantile": 1.0},
        {"images_per_batch": 1},
        {"pilot_batches": 1},
        {"min_efficiency": 0.0},
    ],
)
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|set either threshold or quantile"):
        batches(**wrong)


def test_its_parts_may_have_another_batch_size(folder: Path) -> None:
    results = [prepared(folder, proposal=Direct(batch_size=size)).sample(45, seeded()).x for size in (3, 500)]
    assert torch.equal(*results)

"""Rejection of single samples by a classifier's confidence, and that classifier."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from gan_lab.errors import GanLabError, SamplingBudgetError
from gan_lab.metric.extractor.convnet import ConvClassifier
from gan_lab.sampler.confidence import Confidence
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.filter_classifier import FilterClassifier, best_temperature, filter_classifier
from tests.present import present
from tests.sampler.known import Affine, Points, Told, drawn, module, plain, seeded

N = 6000


def blobs(n: int = 900, std: float = 0.6) -> Points:
    """Three overlapping blobs on a line, a class each."""
    generator = torch.Generator().manual_seed(2)
    labels = torch.arange(n) % 3
    values = torch.stack([2.0 * labels - 2.0, torch.zeros(n)], 1) + std * torch.randn(n, 2, generator=generator)
    return Points(values, labels, 3)


DATA = blobs()


def model() -> Any:
    return module(Affine(2, scale=1.2, shift=0.5), Told(2, lambda x: x.sum(1)))


def confident(**changed: Any) -> Confidence:
    settings: dict[str, Any] = {
        "batch_size": 2000,
        "proposal": plain(2000),
        "min_efficiency": 1e-3,
        "probe": 10_000,
        "threshold": None,
        "quantile": 0.5,
        "per_class": True,
    }
    return Confidence(**settings | changed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> Path:
    """The classifier of these data is trained once."""
    return tmp_path_factory.mktemp("kept")


def prepared(folder: Path, **changed: Any) -> Confidence:
    sampler = confident(**changed)
    sampler.prepare(model(), DATA, folder)
    return sampler


def judged(sampler: Confidence, x: Tensor) -> tuple[Tensor, Tensor]:
    with torch.no_grad():
        best = sampler.classifier(x).double().softmax(1).max(1)
    return best.values, best.indices


def histogram(classes: Tensor) -> Tensor:
    return classes.bincount(minlength=3) / len(classes)


def test_another_model_of_the_same_data_uses_the_classifier_again_and_finds_its_own_thresholds(folder: Path) -> None:
    first = prepared(folder)
    before = {*folder.iterdir()}
    other = confident()
    other.prepare(module(Affine(2, scale=0.7, shift=-0.4), Told(2, lambda x: x.sum(1))), DATA, folder)
    assert len({*folder.iterdir()} - before) == 1
    assert not torch.equal(other.thresholds, first.thresholds)


@pytest.mark.parametrize("quantile", [0.2, 0.5, 0.8])
def test_a_quantile_per_class_rejects_that_share_and_keeps_the_classes(folder: Path, quantile: float) -> None:
    sampler = prepared(folder, quantile=quantile)
    result = sampler.sample(N, seeded())
    share, proposed = 1 - quantile, result.stats["proposed"]
    error = 4.5 * (share * quantile * (1 / proposed + 1 / 10_000)) ** 0.5
    assert abs(result.stats["acceptance"] - share) < error
    _, kept = judged(sampler, result.x)
    _, before = judged(sampler, 1.2 * drawn(plain(), model(), DATA, N).latent.z + 0.5)
    assert (histogram(before).max() - histogram(before).min()) > 0.1
    assert (histogram(kept) - histogram(before)).abs().max() < 4.5 * (0.25 * (2 / N + 1 / 10_000)) ** 0.5
    assert len(set(result.report["thresholds"])) == 3


def test_one_quantile_for_all_classes_changes_their_shares(folder: Path) -> None:
    # The middle class has neighbours on both sides and is judged less surely.
    sampler = prepared(folder, per_class=False)
    result = sampler.sample(N, seeded())
    assert result.stats["acceptance"] == pytest.approx(0.5, abs=0.04)
    assert len(set(result.report["thresholds"])) == 1
    _, kept = judged(sampler, result.x)
    _, before = judged(sampler, drawn(plain(), model(), DATA, N).x)
    assert histogram(kept)[1] < histogram(before)[1] - 0.02


def test_a_threshold_keeps_what_is_at_least_so_confident(folder: Path) -> None:
    sampler = prepared(folder, threshold=0.9, quantile=None)
    result = sampler.sample(500, seeded())
    confidence, _ = judged(sampler, result.x)
    assert confidence.min() >= 0.9
    assert result.report["thresholds"] == [0.9] * 3
    # and each sample is its first attempt that is
    start = drawn(plain(), model(), DATA, 500).latent.z
    at_once = judged(sampler, 1.2 * start + 0.5)[0] >= 0.9
    assert 0.2 < at_once.float().mean() < 0.95
    assert torch.equal(result.latent.z[at_once], start[at_once])
    assert not (result.latent.z[~at_once] == start[~at_once]).any()


def test_a_threshold_of_zero_keeps_all(folder: Path) -> None:
    result = prepared(folder, threshold=0.0, quantile=None).sample(300, seeded())
    assert result.stats["acceptance"] == 1.0
    assert torch.equal(result.x, drawn(plain(), model(), DATA, 300).x)


def test_the_threshold_is_the_quantile_of_the_pilots_confidence(folder: Path) -> None:
    sampler = prepared(folder, quantile=0.7)
    confidence, predicted = judged(sampler, 1.2 * sampler.proposal.trial(10_000, "pilot").z + 0.5)
    for k in range(3):
        expected = confidence[predicted == k].quantile(0.7).item()
        assert sampler.thresholds[k].item() == pytest.approx(expected, abs=1e-6)


def test_a_class_that_no_proposal_is_taken_for_has_the_threshold_of_all(tmp_path: Path) -> None:
    aside = module(Affine(2, scale=0.3, shift=-2.5), Told(2, lambda x: x.sum(1)))
    sampler = confident()
    sampler.prepare(aside, DATA, tmp_path)
    confidence, predicted = judged(sampler, 0.3 * sampler.proposal.trial(10_000, "pilot").z - 2.5)
    assert (predicted == 2).sum() == 0
    assert sampler.thresholds[2].item() == pytest.approx(confidence.quantile(0.5).item(), abs=1e-6)


def test_what_is_never_reached_is_a_budget_error(tmp_path: Path) -> None:
    # The generator makes one point alone, between two classes.
    between = module(Affine(2, scale=0.0, shift=1.0), Told(2, lambda x: x.sum(1)))
    sampler = confident(threshold=0.999999, quantile=None)
    sampler.prepare(between, DATA, tmp_path)
    with pytest.raises(SamplingBudgetError, match=r"lower sampler\.threshold") as caught:
        sampler.sample(100, seeded())
    assert caught.value.sampler == "confidence"
    assert caught.value.accepted == 0
    assert caught.value.proposed >= 10_000


# The classifier


def test_the_classifier_is_accurate_calibrated_and_in_evaluation_mode(folder: Path) -> None:
    sampler = prepared(folder)
    # The best rule for these blobs cuts at -1 and 1: Phi(1 / 0.6) = 0.952 at the ends, 0.904 in the middle.
    best = (2 * 0.9522 + 0.9044) / 3
    assert sampler.accuracy == pytest.approx(best, abs=0.03)
    with torch.no_grad():
        logits = sampler.classifier(DATA.validation.values)
    accuracy = (logits.argmax(1) == DATA.validation.labels).double().mean().item()
    assert sampler.accuracy == pytest.approx(accuracy, abs=1e-9)
    # At its own temperature another one is no better.
    assert best_temperature(logits, present(DATA.validation.labels)) == pytest.approx(1.0, abs=1e-3)
    assert not sampler.classifier.training
    assert not any(parameter.requires_grad for parameter in sampler.classifier.parameters())


def test_it_is_trained_once_for_its_data_and_the_same_each_time(tmp_path: Path) -> None:
    small = blobs(1280)

    def classifier(folder: Path | None) -> dict[str, Tensor]:
        context = SamplingContext(model(), small, folder, 500)
        with context.evaluating():
            return filter_classifier(context)[0].state_dict()

    first, files = classifier(tmp_path), set(tmp_path.iterdir())
    assert len(files) == 1
    for again in (classifier(tmp_path), classifier(None)):
        assert all(torch.equal(first[name], again[name]) for name in first)
    assert set(tmp_path.iterdir()) == files


def test_it_is_another_network_than_the_extractors() -> None:
    mine = FilterClassifier(shape=(1, 28, 28), classes=10)
    theirs = ConvClassifier(channels=1, height=28, width=28, classes=10)
    shapes = [{tuple(value.shape) for value in net.state_dict().values() if value.ndim > 1} for net in (mine, theirs)]
    assert not shapes[0] & shapes[1]
    assert mine(torch.zeros(2, 1, 28, 28)).shape == (2, 10)
    assert FilterClassifier(shape=(3, 27, 30), classes=4)(torch.zeros(2, 3, 27, 30)).shape == (2, 4)


def test_data_without_labels_are_refused() -> None:
    with pytest.raises(GanLabError, match="no labels to train it on"):
        drawn(confident(), model(), Points(DATA.points.values), 5)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_the_best_temperature_is_found(temperature: float) -> None:
    generator = torch.Generator().manual_seed(1)
    true = 2 * torch.randn(20_000, 5, generator=generator)
    labels = true.softmax(1).multinomial(1, generator=generator).squeeze(1)
    found = best_temperature(temperature * true, labels)
    assert found == pytest.approx(temperature, rel=0.05)
    # and at the minimum the slope by 1 / T, E (mean logit - logit of the label), vanishes
    scaled = temperature * true.double()
    p = (scaled / found).softmax(1)
    slope = ((p * scaled).sum(1) - scaled.gather(1, labels[:, None])[:, 0]).mean().item() / temperature
    assert abs(slope) < 1e-4


def test_the_temperature_of_a_classifier_that_is_always_right_or_wrong_stays_within_its_limits() -> None:
    logits = 5 * F.one_hot(torch.arange(30) % 3, 3).float()
    assert 1 / 20 <= best_temperature(logits, torch.arange(30) % 3) < 0.2  # below, the loss is 0 to the last digit
    assert best_temperature(logits, (torch.arange(30) + 1) % 3) == pytest.approx(20, rel=1e-3)


@pytest.mark.parametrize(
    "wrong",
    [{"threshold": 0.5}, {"quantile": None}, {"quantile": 1.0}, {"quantile": None, "threshold": 1.5}],
)
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|set either threshold or quantile"):
        confident(**wrong)

"""FID and KID of each class against those metrics on the images of one class."""

import math

import pytest
import torch
from torch import Tensor

from gan_lab.build import build
from gan_lab.data.digits import Digits
from gan_lab.metric.class_distances import ClassDistances
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.frechet import FrechetDistance
from gan_lab.metric.kernel import KernelDistance
from gan_lab.metric.real_fake import RealFakeMetric, TooAlikeError
from tests.fixtures import Compose

CLASSES = 3


def samples(seed: int, n: int, shift: float = 0.0) -> tuple[Tensor, Tensor]:
    """Features whose mean says the class, and their classes, of unequal frequency."""
    label = torch.arange(n) % 6 % CLASSES + (torch.arange(n) % 6 == 0)
    random = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 4, generator=random, dtype=torch.float64) + 5 * label[:, None]
    return x + shift * label[:, None], label


def one_hot(label: Tensor) -> Tensor:
    return 9.0 * torch.eye(CLASSES)[label]


def distances(real: Features, fake: Features, label_classes: int = 0, least: int = 2) -> dict[str, float]:
    metric = ClassDistances(least_images=least)
    metric.label_classes = label_classes
    metric.set_reference(Reference(real))
    return metric.of(fake)


def single(metric: RealFakeMetric, real: Tensor, fake: Tensor) -> float:
    metric.set_reference(Reference(Features(real)))
    return next(iter(metric.of(Features(fake)).values()))


def test_the_values_are_the_mean_and_the_largest_of_those_of_single_classes() -> None:
    (x, label), (y, drawn) = samples(0, 120), samples(1, 90, shift=1.0)
    found = distances(Features(x, label=label), Features(y, one_hot(drawn)))
    pairs = [(x[label == c], y[drawn == c]) for c in range(CLASSES)]
    fids = [single(FrechetDistance(), *pair) for pair in pairs]
    kids = [single(KernelDistance(), *pair) for pair in pairs]
    assert found == pytest.approx(
        {
            **{"class_fid_mean": sum(fids) / CLASSES, "class_fid_worst": max(fids)},
            **{"class_kid_mean": sum(kids) / CLASSES, "class_kid_worst": max(kids)},
        }
    )
    assert max(fids) > 1.5 * sum(fids) / CLASSES, "the classes differ, or this test shows nothing"


def test_a_conditional_generator_is_measured_by_what_was_asked_for() -> None:
    """Of one that draws another class than was asked for, the classifier sees nothing wrong."""
    (x, label), (y, drawn) = samples(0, 120), samples(1, 120)
    real, wrong = Features(x, label=label), Features(y, one_hot(drawn), label=(drawn + 1) % CLASSES + CLASSES)
    right = Features(y, one_hot(drawn), label=drawn + CLASSES)  # the second of two components of each class
    assert distances(real, right, label_classes=CLASSES) == pytest.approx(distances(real, right))
    assert distances(real, wrong)["class_fid_worst"] < 2
    assert distances(real, wrong, label_classes=CLASSES)["class_fid_mean"] > 50


def test_no_classifier_is_needed_where_the_classes_are_known() -> None:
    (x, label), (y, drawn) = samples(0, 60), samples(1, 60)
    assert distances(Features(x, label=label), Features(y, label=drawn), label_classes=CLASSES)["class_fid_mean"] < 2
    with pytest.raises(ValueError, match="needs an extractor that is a classifier"):
        distances(Features(x, label=label), Features(y, label=drawn))


def test_a_class_without_generated_images_is_infinitely_far_and_one_with_few_real_ones_is_left_out() -> None:
    (x, label), (y, drawn) = samples(0, 60), samples(1, 60)
    kept = drawn != 2
    found = distances(Features(x, label=label), Features(y[kept], one_hot(drawn[kept])))
    assert found == dict.fromkeys(found, math.inf)
    few = (label != 2) | (torch.arange(60) < 12)
    found = distances(Features(x[few], label=label[few]), Features(y[kept], one_hot(drawn[kept])), least=5)
    assert math.isfinite(found["class_fid_worst"])


def test_real_images_without_labels_or_with_too_few_of_each_leave_it_out() -> None:
    x, label = samples(0, 60)
    with pytest.raises(TooAlikeError, match="class labels"):
        distances(Features(x), Features(x, one_hot(label)))
    with pytest.raises(TooAlikeError, match="a class with 100 real images"):
        distances(Features(x, label=label), Features(x, one_hot(label)), least=100)


def test_floors_by_label_and_by_prediction_are_kept_apart() -> None:
    by_label, by_prediction = ClassDistances(), ClassDistances()
    by_label.label_classes = 10
    assert by_label.identity != by_prediction.identity
    assert (by_label.needs_classes, by_prediction.needs_classes) == (False, True)


def test_it_is_measured_beside_its_floor(digits: Digits, composed: Compose) -> None:
    overrides = ("data=digits", "measure=[class_distances]", "metric.metrics.class_distances.least_images=15")
    measure = build(composed(*overrides)["metric"], "metric")
    measure.set_label_classes(10)
    measure.prepare(digits, 200, seed=1, device=torch.device("cpu"))
    test = digits.test.batch(torch.arange(200))
    measure.update(test.images, test.labels)
    found, floor = measure.compute(final=True), measure.floor()
    assert measure.protocol()["class_distances_by"] == "label"
    assert "class_fid_mean" not in measure._keys(final=False)
    assert 0 < found["class_fid_mean"] < found["class_fid_worst"]
    assert 0 < floor["class_fid_mean"] < floor["class_fid_worst"]

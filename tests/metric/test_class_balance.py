import math
from typing import Literal

import pytest
import torch
from scipy.stats import entropy

from gan_lab.metric.class_balance import ClassBalance
from gan_lab.metric.features import Features, Reference
from tests.present import present

Against = Literal["real", "uniform"]


def seen(classes: list[int], k: int = 4, sure: float = 1000.0) -> Features:
    """Samples that the classifier takes for these classes."""
    logits = sure * torch.eye(k)[torch.tensor(classes, dtype=torch.long)]
    return Features(torch.zeros(len(logits), 2), logits)


def metric_of(real: list[int], against: Against = "real", k: int = 4) -> ClassBalance:
    metric = ClassBalance(against=against)
    metric.set_reference(Reference(seen(real, k)))
    return metric


REAL = [0] * 50 + [1] * 30 + [2] * 10 + [3] * 10
FAKE = [0] * 20 + [1] * 10 + [2] * 10


def test_two_histograms_by_hand() -> None:
    metric = metric_of(REAL)
    found = metric.of(seen(FAKE))
    q, p = [0.5, 0.25, 0.25, 0.0], [0.5, 0.3, 0.1, 0.1]
    assert found == pytest.approx(
        {
            "class_kl": 0.25 * math.log(0.25 / 0.3) + 0.25 * math.log(0.25 / 0.1),
            "class_tv": 0.15,
            "class_least_share": 0.0,
            "classes_covered": 3.0,
            "class_confidence": 1.0,
            "class_entropy": 1.5 * math.log(2),
        },
        rel=1e-12,
    )
    assert found["class_kl"] == pytest.approx(entropy(q, p), rel=1e-12)
    assert tuple(found) == metric.keys


def test_against_equal_shares() -> None:
    found = metric_of(REAL, "uniform").of(seen(FAKE))
    assert found["class_kl"] == pytest.approx(math.log(4) - found["class_entropy"], rel=1e-12)
    assert found["class_tv"] == pytest.approx(0.25)


def test_the_same_histogram_is_no_distance() -> None:
    found = metric_of(REAL).of(seen(REAL[::-1]))
    assert (found["class_kl"], found["class_tv"]) == pytest.approx((0.0, 0.0), abs=1e-15)
    assert found["class_least_share"] == pytest.approx(0.1)


def test_renamed_classes_keep_their_distance() -> None:
    renamed = [2, 0, 3, 1]
    other = metric_of([renamed[c] for c in REAL]).of(seen([renamed[c] for c in FAKE]))
    assert other == pytest.approx(metric_of(REAL).of(seen(FAKE)), rel=1e-12)


def test_class_without_a_real_sample_counts_as_half_a_one() -> None:
    found = metric_of([0] * 5 + [1] * 5 + [2] * 10).of(seen([3] * 6))
    assert found["class_kl"] == pytest.approx(math.log(20.5 / 0.5), rel=1e-12)
    assert found["class_tv"] == 1.0


@pytest.mark.parametrize("against", ["uniform", "real"])
def test_floor_of_kl(against: Against) -> None:
    # (k - 1) / 2n against known shares, as much again for a reference of as many samples
    generator = torch.Generator().manual_seed(0)
    n, k = 500, 10
    draws = torch.randint(0, k, (2, 150, n), generator=generator).tolist()
    values = [metric_of(real, against, k).of(seen(fake, k))["class_kl"] for real, fake in zip(*draws, strict=True)]
    expected = (k - 1) / (2 * n) * (1 if against == "uniform" else 2)
    assert sum(values) / len(values) == pytest.approx(expected, rel=0.12)  # four standard errors


def test_confidence_is_the_mean_of_the_highest_probability() -> None:
    # e / (e + 3) where one logit of four is 1 more than the others
    both = Features(torch.zeros(2, 2), torch.cat([present(seen([1]).logits), present(seen([2], sure=1.0).logits)]))
    assert metric_of(REAL).of(both)["class_confidence"] == pytest.approx((1 + math.e / (math.e + 3)) / 2, rel=1e-12)


def test_two_shards_are_one_pass() -> None:
    one, other = metric_of(REAL), metric_of(REAL)
    one.update(seen(FAKE[:7]))
    one.update(seen([]))
    other.update(seen(FAKE[7:]))
    one.merge_state(other)
    assert one.compute() == pytest.approx(metric_of(REAL).of(seen(FAKE)), rel=1e-12)
    assert present(one.histogram).tolist() == [0.5, 0.25, 0.25, 0.0]
    assert one.expected.tolist() == pytest.approx([0.5, 0.3, 0.1, 0.1])


def test_floor_leaves_the_histogram_alone() -> None:
    metric = metric_of(REAL)
    metric.update(seen(FAKE))
    metric.compute()
    metric.floor(seen(REAL))
    assert present(metric.histogram).tolist() == [0.5, 0.25, 0.25, 0.0]


def test_it_says_against_what() -> None:
    assert ClassBalance(against="uniform").protocol() == {"class_balance_against": "uniform"}


def test_extractor_without_classes_is_refused() -> None:
    with pytest.raises(ValueError, match="ClassBalance needs an extractor that is a classifier"):
        ClassBalance(against="uniform").set_reference(Reference(Features(torch.zeros(5, 2))))


def test_no_samples_have_no_shares() -> None:
    with pytest.raises(ValueError, match="1 sample or more, not 0"):
        metric_of(REAL).of(seen([]))

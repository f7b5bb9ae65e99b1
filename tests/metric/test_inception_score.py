import pytest
import torch
from torch import Tensor
from torch_fidelity.metric_isc import isc_features_to_metric

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.inception_score import InceptionScore, inception_score


def normal(seed: int, n: int, k: int) -> Tensor:
    return torch.randn(n, k, generator=torch.Generator().manual_seed(seed))


def seen(logits: Tensor) -> Features:
    return Features(torch.zeros(len(logits), 3), logits)


def metric_of(splits: int = 10) -> InceptionScore:
    metric = InceptionScore(splits=splits)
    metric.set_reference(Reference(seen(normal(0, 20, 10))))
    return metric


def one_hot(n: int, k: int) -> Tensor:
    return 1000.0 * torch.eye(k)[torch.arange(n) % k]


def test_sure_and_balanced_scores_the_number_of_classes() -> None:
    found = metric_of().of(seen(one_hot(100, 10)))
    assert found == pytest.approx({"inception_score": 10.0, "inception_score_10": 10.0}, rel=1e-12)


def test_judged_alike_scores_1() -> None:
    found = metric_of().of(seen(normal(0, 1, 10).repeat(50, 1)))
    assert found == pytest.approx({"inception_score": 1.0, "inception_score_10": 1.0}, rel=1e-12)


def test_two_probabilities_by_hand() -> None:
    # p = (.9, .1) and (.1, .9): the mean is even, so KL = log 2 - H(.1)
    p = torch.tensor([[0.9, 0.1], [0.1, 0.9]], dtype=torch.float64)
    expected = 2 * 0.9**0.9 * 0.1**0.1
    assert inception_score(p.log() + 7.0) == pytest.approx(expected, rel=1e-12)


def test_parts_see_only_their_own_classes() -> None:
    # each of 5 parts holds 2 of 10 classes
    logits = one_hot(100, 10).view(10, 10, 10).transpose(0, 1).reshape(100, 10)
    assert metric_of(5).of(seen(logits)) == pytest.approx({"inception_score": 10.0, "inception_score_5": 2.0}, rel=1e-9)


@pytest.mark.parametrize("splits", [1, 4, 10])
def test_torch_fidelity_agrees(splits: int) -> None:
    logits = 3 * normal(1, 200, 10)
    expected = isc_features_to_metric(logits, splits, shuffle=False)["inception_score_mean"]
    assert metric_of(splits).of(seen(logits))[f"inception_score_{splits}"] == pytest.approx(expected, rel=1e-12)


def test_updates_are_gathered_in_order() -> None:
    logits = 3 * normal(1, 207, 10)
    metric = metric_of()
    for part in logits.split(50):
        metric.update(seen(part))
    metric.update(seen(logits[:0]))
    assert metric.compute() == pytest.approx(metric.of(seen(logits)), rel=1e-12)
    assert metric.compute()["inception_score"] == pytest.approx(inception_score(logits.flip(0)), rel=1e-12)
    metric.reset()
    metric.update(seen(one_hot(20, 10)))
    assert metric.compute()["inception_score"] == pytest.approx(10.0)


def test_the_number_of_parts_is_stated() -> None:
    # a floor that was computed with other parts must not be taken from the disk
    assert InceptionScore(splits=4).protocol() != InceptionScore(splits=5).protocol()


def test_extractor_without_classes_is_refused() -> None:
    with pytest.raises(ValueError, match="InceptionScore needs an extractor that is a classifier"):
        InceptionScore().set_reference(Reference(Features(normal(0, 5, 3))))


def test_fewer_samples_than_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="9 samples cannot be split into the 10 parts of inception_score_10"):
        metric_of().of(seen(normal(0, 9, 10)))


def test_parts_are_counted_from_1() -> None:
    with pytest.raises(ValueError, match="splits is 0 and must be a whole number of 1 or more"):
        InceptionScore(splits=0)

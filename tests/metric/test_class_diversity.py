import pytest
import torch
from torch import Tensor

from gan_lab.metric.class_diversity import ClassDiversity
from gan_lab.metric.components import separation
from gan_lab.metric.features import Features, Reference
from tests.present import present

K = 3


def drawn(seed: int, n: int, d: int = 5, spread: float = 1.0) -> Features:
    """Three classes around different points, far from the origin; class c varies by `spread` times c + 1."""
    generator = torch.Generator().manual_seed(seed)
    classes = torch.arange(n) % K
    noise = torch.randn(n, d, generator=generator) * (classes[:, None] + 1) * spread
    return seen(50.0 * (classes[:, None] + 1) + noise, classes)


def seen(features: Tensor, classes: Tensor) -> Features:
    return Features(features, torch.eye(K)[classes])


def metric_of(real: Features) -> ClassDiversity:
    metric = ClassDiversity()
    metric.set_reference(Reference(real))
    return metric


def value(metric: ClassDiversity, fake: Features) -> float:
    return metric.of(fake)["class_diversity"]


def by_definition(real: Features, fake: Features, classes: int = K) -> float:
    """One class after the other."""
    total = 0.0
    for c in range(classes):
        mine, theirs = (x.features[present(x.logits).argmax(1) == c].double() for x in (fake, real))
        total += len(theirs) / len(real) * (mine.T.cov().trace() / theirs.T.cov().trace()).item()
    return total


def test_definition() -> None:
    real, fake = drawn(0, 100), drawn(1, 83, spread=0.7)
    assert value(metric_of(real), fake) == pytest.approx(by_definition(real, fake), rel=1e-12)


def test_real_against_itself_is_1() -> None:
    assert value(metric_of(drawn(0, 60)), drawn(0, 60)) == pytest.approx(1.0, rel=1e-12)


def test_one_image_per_class_is_0() -> None:
    assert value(metric_of(drawn(0, 60)), drawn(1, 3).map(lambda x: x.repeat(20, 1))) == pytest.approx(0.0, abs=1e-12)


def test_variances_grow_with_the_square() -> None:
    real, fake = drawn(0, 60), drawn(0, 60)
    wider = seen(2 * fake.features + 9, present(fake.logits).argmax(1))  # moved and doubled
    assert value(metric_of(real), wider) == pytest.approx(4.0, rel=1e-6)  # float32


def test_a_class_with_one_sample_or_none_counts_as_0() -> None:
    real = drawn(0, 60)
    kept = torch.arange(60)[(torch.arange(60) % K != 1) | (torch.arange(60) == 1)]
    assert value(metric_of(real), real.map(lambda x: x[kept])) == pytest.approx(2 / 3, rel=1e-12)
    assert value(metric_of(real), real.map(lambda x: x[:0])) == 0.0


@pytest.mark.parametrize("how", ["copies of one image", "absent"])
def test_a_class_whose_real_samples_do_not_vary_is_left_out(how: str) -> None:
    classes = torch.arange(60) % K
    real = seen(drawn(0, 60).features.where((classes != 2)[:, None], 7.0), classes)
    fake = drawn(1, 60)

    def without(x: Features) -> Features:
        return x.map(lambda values: values[classes != 2])

    # of the two classes that are left, each has half of the samples
    expected = by_definition(without(real), without(fake), classes=2)
    assert value(metric_of(without(real) if how == "absent" else real), fake) == pytest.approx(expected, rel=1e-12)


def test_order_does_not_matter_and_two_shards_are_one_pass() -> None:
    real, fake = drawn(0, 60), drawn(1, 50)
    one, other = metric_of(real), metric_of(real.map(lambda x: x.flip(0)))
    one.update(fake.map(lambda x: x[:9]))
    one.update(fake.map(lambda x: x[:0]))
    other.update(fake.map(lambda x: x[9:].flip(0)))
    one.merge_state(other)
    assert one.compute()["class_diversity"] == pytest.approx(value(metric_of(real), fake), rel=1e-12)


def test_separation_is_that_of_components_where_these_are_the_classes() -> None:
    real, fake = drawn(0, 60), drawn(1, 50, spread=9.0)
    expected = separation(fake.features.double(), present(fake.logits).argmax(1))
    assert metric_of(real).of(fake)["class_separation"] == pytest.approx(expected, rel=1e-9)


def test_separation_of_what_does_not_vary_and_of_nothing() -> None:
    real = drawn(0, 60)
    same = seen(10.0 * torch.ones(6, 5) * (torch.arange(6) % K)[:, None], torch.arange(6) % K)
    assert metric_of(real).of(same)["class_separation"] > 1e12
    assert metric_of(real).of(real.map(lambda x: x[:0]))["class_separation"] == 0.0


def test_another_reference_starts_anew() -> None:
    metric = metric_of(drawn(0, 60))
    metric.update(drawn(1, 50))
    metric.set_reference(Reference(drawn(2, 40)))
    metric.update(drawn(2, 40))
    assert metric.compute()["class_diversity"] == pytest.approx(1.0, rel=1e-12)


def test_extractor_without_classes_is_refused() -> None:
    with pytest.raises(ValueError, match="ClassDiversity needs an extractor that is a classifier"):
        metric_of(Features(torch.randn(5, 2)))


def test_real_samples_without_variety_are_refused() -> None:
    with pytest.raises(ValueError, match="a class with two different real samples is needed"):
        metric_of(seen(torch.ones(6, 2), torch.arange(6) % K))

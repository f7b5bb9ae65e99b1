"""Agreement of components with classes, against scikit-learn and by hand."""

import pytest
import torch
from sklearn.metrics import adjusted_rand_score, completeness_score, homogeneity_score

from gan_lab.metric.clusters import Clusters
from gan_lab.metric.components import Components
from gan_lab.metric.features import Features, Reference
from tests.metric.test_components import K, drawn, seen
from tests.present import present


def new() -> Clusters:
    metric = Clusters()
    metric.set_reference(Reference(seen(None, [0, 1, 2, 3])))
    return metric


@pytest.mark.parametrize("components", [1, 2, 4, 7])
def test_scikit_learn_agrees(components: int) -> None:
    fake = drawn(components, 200, components)
    label, found = present(fake.label).tolist(), present(fake.logits).argmax(1).tolist()
    values = new().of(fake)
    theirs = (f(found, label) for f in (adjusted_rand_score, homogeneity_score, completeness_score))
    assert values == pytest.approx(dict(zip(Clusters.keys, theirs, strict=True)), rel=1e-9, abs=1e-12)


def test_by_hand() -> None:
    """Components {0, 0, 0}, {1, 1} on classes {0, 0, 1}, {1, 1}: 2 of 10 pairs together in both, 4 in either."""
    values = new().of(seen([0, 0, 0, 1, 1], [0, 0, 1, 1, 1]))
    assert values["cluster_ari"] == pytest.approx((2 - 4 * 4 / 10) / (4 - 4 * 4 / 10))


def test_what_each_sees() -> None:
    label = torch.arange(80) % 8
    split = new().of(seen(label, label % K))  # two components for each class
    assert split["cluster_homogeneity"] == pytest.approx(1)
    assert split["cluster_completeness"] == pytest.approx(2 / 3)  # log 4 of log 8
    merged = new().of(seen(label % 2, label % K))
    assert merged["cluster_homogeneity"] == pytest.approx(1 / 2)
    assert merged["cluster_completeness"] == pytest.approx(1)
    assert list(new().of(seen([0, 0, 0], [1, 1, 1])).values()) == [1, 1, 1]
    harmonic = 2 / sum(1 / split[key] for key in Clusters.keys[1:])
    components = Components()
    components.set_reference(Reference(seen(None, [0, 1, 2, 3])))
    assert components.of(seen(label, label % K))["cluster_nmi"] == pytest.approx(harmonic)


def test_chance_is_zero_whatever_the_number_of_components() -> None:
    random = torch.Generator().manual_seed(3)
    for components in (2, 100):
        label, found = (torch.randint(0, k, (400,), generator=random) for k in (components, K))
        assert new().of(seen(label, found))["cluster_ari"] == pytest.approx(0, abs=0.02)


def test_without_labels_there_are_no_values_and_without_a_classifier_none_can_be() -> None:
    metric = new()
    metric.update(seen(None, [0, 1, 2]))
    assert metric.compute() == {}
    with pytest.raises(ValueError, match="Clusters needs an extractor that is a classifier"):
        Clusters().set_reference(Reference(Features(torch.zeros(5, 2))))

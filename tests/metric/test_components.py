from itertools import permutations
from math import inf
from operator import itemgetter
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from sklearn.metrics import normalized_mutual_info_score
from torch import Tensor

from gan_lab.metric.components import Components, separation
from gan_lab.metric.features import Features, Reference
from tests.present import present

K = 4


def seen(label: Tensor | list[int] | None, found: Tensor | list[int], features: Tensor | None = None) -> Features:
    """Samples of these components that the classifier takes for these classes."""
    found = torch.as_tensor(found)
    if features is None:
        features = torch.randn(len(found), 5, generator=torch.Generator().manual_seed(0)) + 30
    return Features(features, torch.eye(K)[found], label=None if label is None else torch.as_tensor(label))


def drawn(seed: int, n: int, components: int) -> Features:
    """Components that fall into a class of their own more often than not."""
    generator = torch.Generator().manual_seed(seed)
    label = torch.randint(0, components, (n,), generator=generator)
    found = torch.randint(0, K, (n,), generator=generator)
    found = torch.where(torch.rand(n, generator=generator) < 0.5, label % K, found)
    return seen(label, found, label[:, None] + torch.randn(n, 5, generator=generator))


def new() -> Components:
    metric = Components()
    metric.set_reference(Reference(seen(None, [0, 1, 2, 3])))
    return metric


def test_by_hand() -> None:
    # three components and four classes: 0 → 2 (6 of 8), 1 → 0 (5 of 6), 2 → 2 too (4 of 6), best in class 1 (2)
    label = [0] * 8 + [1] * 6 + [2] * 6
    found = [2] * 6 + [0] * 2 + [0] * 5 + [3] + [2] * 4 + [1] * 2
    metric = new()
    metric.update(seen(label, found))
    values = metric.compute()
    assert present(metric.confusion).tolist() == [[2, 0, 6, 0], [5, 0, 0, 1], [0, 2, 4, 0]]
    assert values["cluster_accuracy"] == pytest.approx((6 + 5 + 2) / 20)
    assert values["cluster_purity"] == pytest.approx((6 + 5 + 4) / 20)
    assert tuple(values) == metric.keys


@pytest.mark.parametrize("components", [1, 2, 4, 7])
def test_scikit_learn_agrees_and_the_assignment_is_the_best(components: int) -> None:
    fake = drawn(components, 200, components)
    label, found = present(fake.label).tolist(), present(fake.logits).argmax(1).tolist()
    values = new().of(fake)
    assert values["cluster_nmi"] == pytest.approx(normalized_mutual_info_score(label, found), rel=1e-9, abs=1e-12)
    names = list(range(max(components, K)))  # more of them than classes or components: some stay alone
    best = max(sum(own[a] == b for a, b in zip(label, found, strict=True)) for own in permutations(names))
    assert values["cluster_accuracy"] == pytest.approx(best / 200)


def test_one_class_each_is_perfect_whatever_the_names() -> None:
    label = torch.arange(40) % K
    values = new().of(seen(label, (3 * label + 2) % K))
    assert [values[key] for key in Components.keys[:3]] == pytest.approx([1.0, 1.0, 1.0])


def test_names_of_components_and_order_do_not_matter() -> None:
    fake = drawn(0, 100, 3)
    renamed = torch.tensor([5, 0, 3])[fake.label]  # 1, 2 and 4 are never drawn
    other = Features(fake.features, fake.logits, label=renamed)
    order = torch.randperm(100, generator=torch.Generator().manual_seed(0))
    assert new().of(other.map(lambda x: x[order])) == pytest.approx(new().of(fake), rel=1e-9)


def test_components_that_all_draw_one_class() -> None:
    values = new().of(seen(torch.arange(40) % K, [2] * 40))
    assert [values[key] for key in Components.keys[:3]] == pytest.approx([0.25, 1.0, 0.0])


def test_separation_by_hand() -> None:
    # groups of two at distance 2 from each other, means 0 and 6: Σ n|m_c - m|² = 4 · 9, Σ|x - m_c|² = 4
    features = torch.tensor([[-1.0, 5], [1, 5], [5, 5], [7, 5]]) + 1000
    assert separation(features.double(), torch.tensor([0, 0, 1, 1])) == pytest.approx(9.0, rel=1e-9)
    # unequal groups: means 0 (of 3) and 4 (of 1), m = 1: between 3 · 1 + 9, within 2
    features = torch.tensor([[-1.0, 0], [0, 0], [1, 0], [4, 0]])
    assert separation(features.double(), torch.tensor([0, 0, 0, 3])) == pytest.approx(6.0, rel=1e-9)


def test_separation_is_what_remains_of_the_total() -> None:
    fake = drawn(0, 90, 3)
    groups = [fake.features[fake.label == c].double() for c in range(3)]
    within = sum((x - x.mean(0)).square().sum() for x in groups)
    total = torch.cat(groups)
    total = (total - total.mean(0)).square().sum()  # of all = within + between
    assert new().of(fake)["separation"] == pytest.approx(((total - within) / within).item(), rel=1e-9)


def test_separation_of_single_images() -> None:
    label = torch.arange(40) % K
    images = torch.rand(K, 5, generator=torch.Generator().manual_seed(0))
    rounding = 1 + 1e-7 * torch.randn(40, 5, generator=torch.Generator().manual_seed(1))  # as float32 features have
    assert new().of(seen(label, label, images[label] * rounding))["separation"] == inf
    assert new().of(seen(label, label, images[[0] * 40] * rounding))["separation"] == 0.0
    assert new().of(seen([0] * 40, label))["separation"] == 0.0


def test_samples_without_label_have_no_values() -> None:
    metric = new()
    metric.update(seen([1, 2], [1, 2]))
    metric.compute()
    metric.reset()
    metric.update(seen(None, [0, 1, 2]))
    assert metric.compute() == {}
    assert metric.confusion is None
    assert metric.floor(drawn(0, 30, K)).keys() == set(metric.keys)  # real images have classes


def test_two_shards_are_one_pass() -> None:
    fake = drawn(0, 100, 3)
    one, other = new(), new()
    one.update(fake.map(lambda x: x[:33]))
    one.update(fake.map(lambda x: x[:0]))
    other.update(fake.map(lambda x: x[33:]))
    one.merge_state(other)
    assert one.compute() == pytest.approx(new().of(fake), rel=1e-9)


def test_extractor_without_classes_is_refused() -> None:
    with pytest.raises(ValueError, match="Components needs an extractor that is a classifier"):
        Components().set_reference(Reference(Features(torch.zeros(5, 2))))


SHARES = [100, 60, 0]
"""Of the first rank."""


def play(rank: int, folder: str) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/rendezvous", rank=rank, world_size=2)
    metric, fake = new(), drawn(0, 100, 6)
    said: dict[int | str, dict[str, float]] = {}
    for first in SHARES:
        metric.reset()
        metric.update(fake.map(itemgetter(slice(first) if rank == 0 else slice(first, None))))
        said[first] = metric.compute()
    metric.reset()
    metric.update(seen(None, [0, 1]))
    said["no labels"] = metric.compute()
    torch.save(said, f"{folder}/{rank}.pt")
    dist.destroy_process_group()


@pytest.mark.slow
def test_ranks_with_unequal_shares_and_without_labels(tmp_path: Path) -> None:
    mp.spawn(play, (str(tmp_path),), nprocs=2)
    alone = new().of(drawn(0, 100, 6))
    for rank in (0, 1):
        said = torch.load(tmp_path / f"{rank}.pt")
        assert said.pop("no labels") == {}
        assert list(said) == SHARES
        for values in said.values():
            assert values == pytest.approx(alone, rel=1e-9)


@pytest.mark.parametrize(("apart", "ratio"), [(1.0, inf), (1.0 + 2**-20, 2.0**40)])
def test_a_spread_as_small_as_rounding_errors_is_none(apart: float, ratio: float) -> None:
    """Two points at ±apart, two at b with |b|² = 2^40 - 1: rounding errors are 2^-40 of Σ|x|², 2 for apart = 1."""
    b = [0.0, 1048575.0, 1447.0, 50.0, 29.0]
    features = torch.tensor([[apart, 0, 0, 0, 0], [-apart, 0, 0, 0, 0], b, b], dtype=torch.float64)
    assert separation(features, torch.tensor([0, 0, 1, 1])) == pytest.approx(ratio / 2, rel=1e-3)

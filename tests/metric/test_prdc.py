from typing import Any

import pytest
import torch
from torch import Tensor
from torch_fidelity.metric_prc import calculate_precision_recall_full

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.neighbours import nearest, squared_radii
from gan_lab.metric.prdc import PRDC, prdc

Shares = tuple[float, float, float, float]


def normal(seed: int, n: int, d: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def table(x: Tensor, y: Tensor) -> Tensor:
    """Squared distances, subtracted in float64."""
    return (x.double()[:, None] - y.double()[None]).square().sum(2)


def by_definition(real: Tensor, fake: Tensor, k: int) -> Shares:
    """(precision, recall, density, coverage) from whole tables in float64."""

    def radii(x: Tensor) -> Tensor:
        distances = table(x, x).fill_diagonal_(torch.inf)
        return distances.sort(1).values[:, k - 1]

    between = table(fake, real)
    inside = between <= radii(real)
    recalled = (radii(fake)[:, None] >= between).any(0)
    shares = (inside.any(1), recalled, inside.any(0))
    precision, recall, coverage = (which.double().mean().item() for which in shares)
    return precision, recall, inside.sum().item() / (k * len(fake)), coverage


def found(real: Tensor, fake: Tensor, k: int = 3, **options: Any) -> Shares:
    shares = prdc(real, fake, (k,), **options)[k]
    return shares.precision, shares.recall, shares.density, shares.coverage


def metric_of(real: Tensor, **options: int) -> PRDC:
    metric = PRDC(**options)
    metric.set_reference(Reference(Features(real)))
    return metric


SETS = {
    "plain": (normal(0, 210, 12), normal(1, 190, 12) * 0.8 + 0.2),
    "far from 0": (normal(0, 210, 12) + 100, normal(1, 190, 12) * 0.8 + 100.2),
    "ties": (normal(0, 210, 4).round(), normal(1, 190, 4).round()),  # many equal distances and duplicates
    "collapsed": (normal(0, 210, 12), 5 + 1e-4 * normal(1, 190, 12)),
    "both collapsed": (5 + 1e-4 * normal(0, 210, 12), 5 + 1e-4 * normal(1, 190, 12)),
    "collapsed to two": (normal(0, 210, 12), 5 * normal(2, 2, 12).repeat(95, 1) + 1e-4 * normal(1, 190, 12)),
    "copies of two": (normal(0, 210, 12), normal(1, 2, 12).repeat(95, 1)),
    "half copied": (normal(0, 210, 12), torch.cat([normal(0, 210, 12)[:100], normal(1, 90, 12) + 9])),
}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("k", [1, 3, 5])
def test_definition(name: str, k: int) -> None:
    real, fake = SETS[name]
    assert found(real, fake, k, chunk=64) == by_definition(real, fake, k)


@pytest.mark.parametrize("name", SETS)
def test_several_k_at_once(name: str) -> None:
    values = prdc(*SETS[name], (1, 5, 10))
    for k in (1, 5, 10):
        assert prdc(*SETS[name], (k,))[k] == values[k]


@pytest.mark.parametrize("name", SETS)
def test_radii_by_definition(name: str) -> None:
    for points in SETS[name]:
        expected = table(points, points).fill_diagonal_(torch.inf).sort(1).values[:, [0, 2]]
        torch.testing.assert_close(squared_radii(points, (1, 3), chunk=64), expected, rtol=1e-14, atol=0)


@pytest.mark.parametrize("name", SETS)
def test_nearest_among_others_by_definition(name: str) -> None:
    real, fake = SETS[name]
    squared, index = nearest(fake, real, 2, chunk=64)
    torch.testing.assert_close(squared, table(fake, real).sort(1).values[:, :2], rtol=1e-14, atol=0)
    torch.testing.assert_close(squared, table(fake, real).gather(1, index), rtol=1e-14, atol=0)


@pytest.mark.parametrize("seed", range(20))
def test_float32_products_decide_nothing(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    real = torch.randint(0, 3, (150, 3), generator=generator).float() * 0.1 + 30  # ties that are not exact
    fake = torch.randint(0, 3, (150, 3), generator=generator).float() * 0.1 + 30
    assert found(real, fake) == by_definition(real, fake, 3)


def test_roles_exchanged() -> None:
    real, fake = SETS["plain"]
    assert found(fake, real)[:2] == tuple(reversed(found(real, fake)[:2]))


def test_copies_are_precise_and_far_ones_are_not() -> None:
    real = normal(0, 100, 8)
    precision, recall, density, coverage = found(real, real)
    assert (precision, recall, coverage) == (1.0, 1.0, 1.0)
    assert density > 1.0  # each lies in its own ball too
    assert found(real, real + 100) == (0.0, 0.0, 0.0, 0.0)


def test_mode_collapse_is_precise_but_recalls_little() -> None:
    precision, recall, _, coverage = found(normal(0, 500, 4), 0.1 * normal(1, 500, 4))
    assert precision > 0.95
    assert recall < 0.05
    assert coverage < 0.5


@pytest.mark.parametrize(("n", "m", "d"), [(1000, 1000, 2), (1000, 1000, 50), (1500, 400, 8)])
def test_equal_laws_have_the_known_coverage_and_density_1(n: int, m: int, d: int) -> None:
    """Coverage is distribution-free: of the k + m draws nearest to x, none of the fakes is among the first k."""
    missed = 1.0
    for i in range(1, 6):
        missed *= (n - i) / (n + m - i)
    _, _, density, coverage = found(normal(0, n, d), normal(1, m, d), 5)
    assert coverage == pytest.approx(1 - missed, abs=0.02)
    assert density == pytest.approx(1.0, abs=0.1)


def test_identical_gaussians_in_many_dimensions() -> None:
    """Naeem et al. 2020: there precision and recall are far from 1, density and coverage are not."""
    precision, recall, density, coverage = found(normal(0, 2000, 500), normal(1, 2000, 500), 5)
    assert max(precision, recall) < 0.75
    assert (density, coverage) == (pytest.approx(1.0, abs=0.12), pytest.approx(0.969, abs=0.02))


@pytest.mark.parametrize("chunk", [1, 50, 189, 10_000])
def test_chunks_do_not_matter(chunk: int) -> None:
    assert found(*SETS["plain"], chunk=chunk) == found(*SETS["plain"])


def test_low_precision_of_training_does_not_matter() -> None:
    expected = found(*SETS["far from 0"])
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    try:
        assert found(*SETS["far from 0"]) == expected
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision(before)


def test_torch_fidelity_agrees() -> None:
    real, fake = normal(0, 600, 64), normal(1, 500, 64) * 0.9 + 0.05
    expected = calculate_precision_recall_full(fake, real, neighborhood=3, batch_size=1000)
    assert found(real, fake)[:2] == pytest.approx([float(x) for x in expected[:2]], abs=1e-6)


def test_metric_names_its_k_and_gathers() -> None:
    real, fake = SETS["plain"]
    metric = metric_of(real, k=5, density_k=2)
    for part in fake.split(33):
        metric.update(Features(part))
    precision, recall = by_definition(real, fake, 5)[:2]
    density, coverage = by_definition(real, fake, 2)[2:]
    expected = {"precision_k5": precision, "recall_k5": recall, "density_k2": density, "coverage_k2": coverage}
    assert metric.compute() == expected


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="4 samples or more, not 3"):
        found(normal(0, 10, 2), normal(1, 3, 2))
    with pytest.raises(ValueError, match="2 samples or more, not 1"):
        nearest(normal(0, 10, 2), normal(1, 1, 2), 2)

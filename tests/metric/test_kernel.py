import pytest
import torch
from torch import Tensor
from torchmetrics.image.kid import poly_mmd

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.kernel import KernelDistance


def normal(seed: int, n: int, d: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def squared_mmd(real: Tensor, fake: Tensor, chunk: int = 2048) -> float:
    metric = KernelDistance(chunk=chunk)
    metric.set_reference(Reference(Features(real)))
    metric.update(Features(fake))
    return metric.compute()["kid"]


def test_definition_pair_by_pair() -> None:
    x, y = normal(0, 5, 3), normal(1, 4, 3)

    def k(a: Tensor, b: Tensor) -> Tensor:
        return (a @ b / 3 + 1) ** 3

    within_x = sum(k(x[i], x[j]) for i in range(5) for j in range(5) if i != j) / 20
    within_y = sum(k(y[i], y[j]) for i in range(4) for j in range(4) if i != j) / 12
    between = sum(k(a, b) for a in x for b in y) / 20
    assert squared_mmd(x, y) == pytest.approx(float(within_x + within_y - 2 * between), rel=1e-12)


def test_it_is_unbiased() -> None:
    values = torch.tensor([squared_mmd(normal(2 * i, 40, 6), normal(2 * i + 1, 30, 6)) for i in range(300)])
    assert values.mean().abs() < 3 * values.std() / 300**0.5
    assert values.min() < 0  # a biased estimate never is


def test_torchmetrics_agrees_on_the_same_features() -> None:
    real, fake = normal(0, 120, 16), normal(1, 120, 16) + 0.3
    assert squared_mmd(real, fake) == pytest.approx(poly_mmd(real, fake).item(), rel=1e-10)


def test_polynomial_of_degree_3_sees_the_mean_in_one_dimension() -> None:
    # E k(x, y) for points at a and b is (ab + 1)^3: two constant sets at 0 and 1
    assert squared_mmd(torch.zeros(3, 1), torch.ones(4, 1)) == pytest.approx(1 + 8 - 2)


@pytest.mark.parametrize("chunk", [1, 7, 50, 51, 1000])
def test_chunks_do_not_matter(chunk: int) -> None:
    x, y = normal(0, 50, 5), normal(1, 61, 5)
    assert squared_mmd(x, y, chunk) == pytest.approx(squared_mmd(x, y), rel=1e-10)


def test_metric_gathers_updates_and_keeps_the_real_side() -> None:
    real, fake = normal(0, 50, 5), normal(1, 61, 5) + 1
    metric = KernelDistance(chunk=16)
    metric.set_reference(Reference(Features(real)))
    for part in fake.split(20):
        metric.update(Features(part))
    assert metric.compute()["kid"] == pytest.approx(squared_mmd(real, fake), rel=1e-10)
    metric.reset()
    metric.update(Features(real))
    assert metric.compute()["kid"] == pytest.approx(squared_mmd(real, real), rel=1e-10)
    metric.set_reference(Reference(Features(fake)))  # another reference
    metric.update(Features(real))
    assert metric.compute()["kid"] == pytest.approx(squared_mmd(real, fake), rel=1e-10)

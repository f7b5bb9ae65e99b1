"""The Vendi score against its closed forms and against the matrix of the kernel itself."""

import numpy as np
import pytest
import torch
from torch import Tensor

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.vendi import Vendi


def normal(seed: int, n: int, d: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def vendi(fake: Tensor) -> float:
    metric = Vendi()
    metric.set_reference(Reference(Features(fake[:2])))
    return metric.of(Features(fake))["vendi"]


def by_the_kernel(fake: Tensor) -> float:
    """exp of the entropy of the eigenvalues of the n x n matrix of cosines."""
    x = fake.numpy()
    kernel = (x @ x.T) / np.outer(np.linalg.norm(x, axis=1), np.linalg.norm(x, axis=1))
    values = np.linalg.eigvalsh(kernel / len(x))
    values = values[values > 1e-12]
    return float(np.exp(-(values * np.log(values)).sum()))


@pytest.mark.parametrize(("n", "d"), [(7, 20), (50, 6)])
def test_it_is_the_entropy_of_the_matrix_of_cosines(n: int, d: int) -> None:
    fake = normal(0, n, d) + 0.3
    assert vendi(fake) == pytest.approx(by_the_kernel(fake), rel=1e-9)


def test_k_orthogonal_directions_count_as_k_and_lengths_do_not_matter() -> None:
    fake = torch.eye(5, dtype=torch.float64).repeat(4, 1) * torch.linspace(1, 9, 20, dtype=torch.float64)[:, None]
    assert vendi(fake) == pytest.approx(5)
    assert vendi(fake[:1].repeat(9, 1)) == pytest.approx(1)


def test_two_directions_of_unequal_shares_count_as_the_exponential_of_their_entropy() -> None:
    fake = torch.eye(2, dtype=torch.float64)[[0, 0, 0, 1]]
    assert vendi(fake) == pytest.approx(4 / 3**0.75)


def test_features_that_are_0_are_one_direction_more() -> None:
    fake = torch.zeros(6, 3, dtype=torch.float64)
    fake[0, 0] = fake[1, 0] = fake[2, 1] = fake[3, 1] = 2.0
    assert vendi(fake) == pytest.approx(3)
    assert vendi(fake[4:]) == pytest.approx(1)


def test_parts_add_up() -> None:
    fake = normal(1, 30, 8)
    metric = Vendi()
    metric.set_reference(Reference(Features(fake)))
    for part in fake.split(7):
        metric.update(Features(part))
    assert metric.compute()["vendi"] == pytest.approx(vendi(fake), rel=1e-12)


def test_no_samples_are_refused() -> None:
    metric = Vendi()
    metric.set_reference(Reference(Features(normal(0, 3, 2))))
    with pytest.raises(ValueError, match="1 sample or more, not 0"):
        metric.of(Features(normal(0, 0, 2)))

import pytest
import torch
from torch import Tensor

from gan_lab.metric.symmetric import add_gram_, congruence, mirrored


def normal(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("d", [3, 256, 300, 700])
def test_products_are_those_of_whole_matrices(d: int) -> None:
    x, y = normal(0, 40, d), normal(1, 30, d)
    total = torch.zeros(d, d, dtype=torch.float64)
    add_gram_(total, x)
    add_gram_(total, y)
    torch.testing.assert_close(mirrored(total), x.T @ x + y.T @ y, rtol=1e-12, atol=1e-10)
    factor = normal(2, d, d).tril()
    expected = factor.T @ (x.T @ x) @ factor
    torch.testing.assert_close(mirrored(congruence(factor, x.T @ x)), expected, rtol=1e-10, atol=1e-8)

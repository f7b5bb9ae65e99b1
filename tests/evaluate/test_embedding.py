import numpy as np
import pytest
import torch
from torch import Tensor

from gan_lab.evaluate.embedding import embed


def clusters(n: int, d: int, k: int = 3) -> tuple[Tensor, Tensor]:
    """k clusters far from each other, and which is whose."""
    generator = torch.Generator().manual_seed(0)
    group = torch.arange(n) % k
    return 20 * torch.randn(k, d, generator=generator)[group] + torch.randn(n, d, generator=generator), group


def test_neighbours_stay_together() -> None:
    features, group = clusters(150, 80)
    plane = embed(features, seed=0)
    assert plane.shape == (150, 2)
    nearest = torch.cdist(plane, plane).fill_diagonal_(torch.inf).argmin(1)
    assert (group[nearest] == group).all()


def test_global_randomness_is_neither_used_nor_touched() -> None:
    features = torch.rand(60, 10, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    np.random.seed(0)  # noqa: NPY002 - what is looked at
    first = embed(features, seed=0)
    drawn = torch.rand(1).item(), np.random.rand()  # noqa: NPY002
    torch.manual_seed(0)
    np.random.seed(0)  # noqa: NPY002
    assert drawn == (torch.rand(1).item(), np.random.rand())  # noqa: NPY002
    assert torch.equal(embed(features, seed=0), first)


@pytest.mark.parametrize(("n", "d"), [(4, 2), (5, 100), (40, 2)])
def test_few_points_or_features(n: int, d: int) -> None:
    plane = embed(torch.rand(n, d, generator=torch.Generator().manual_seed(0)), seed=0)
    assert plane.shape == (n, 2)
    assert plane.isfinite().all()


def test_copies_of_one_image_are_one_point() -> None:
    assert embed(torch.rand(1, 6).repeat(20, 1), seed=0).unique(dim=0).tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize(("n", "d"), [(3, 5), (2001, 5), (20, 1)])
def test_wrong_numbers_are_refused(n: int, d: int) -> None:
    with pytest.raises(ValueError, match=f"4 to 2000 points of 2 features or more, not {n} of {d}"):
        embed(torch.zeros(n, d), seed=0)

"""The masks of dropout: their law, and that they belong to a sample and a round and to nothing else."""

import math

import pytest
import torch
from torch import nn

from gan_lab.network.dropout import Dropout
from gan_lab.noise import IndexedNoise

CPU = torch.device("cpu")


def layer(p: float, rank: int = 0, processes: int = 1, key: int = 1) -> Dropout:
    found = Dropout(p)
    found.noise = IndexedNoise((key,), CPU, rank, processes)
    return found


@pytest.mark.parametrize("p", [0.001, 0.3, 0.5, 0.9])
def test_the_share_that_is_kept_and_the_mean_are_those_of_the_law(p: float) -> None:
    n = 400_000
    values = layer(p)(torch.ones(n // 4, 4, dtype=torch.float64))
    kept = int((values != 0).sum())
    assert abs(kept - (1 - p) * n) < 5 * math.sqrt(n * p * (1 - p))
    scale = values.max().item()
    assert scale == pytest.approx(1 / (1 - p), rel=2**-16 / (1 - p))
    assert torch.all((values == 0) | (values == scale))


def test_neighbouring_values_and_later_masks_are_independent() -> None:
    """Four values share one draw of the generator: each pair of places in it must agree half of the time."""
    drop = layer(0.5)
    first, second = (drop(torch.ones(50_000, 4)) > 0 for _ in range(2))
    for one, other in [(first[:, i], first[:, j]) for i in range(4) for j in range(i)] + [(first[:, 0], second[:, 0])]:
        assert abs(int((one == other).sum()) - 25_000) < 5 * math.sqrt(50_000 / 4)


@pytest.mark.parametrize("shape", [(6, 5), (6, 3, 7, 7)])
def test_several_processes_draw_the_masks_of_one(shape: tuple[int, ...]) -> None:
    x = torch.ones(shape)
    alone = layer(0.3)
    shares = [layer(0.3, rank, 3) for rank in range(3)]
    for _ in range(2):
        assert torch.equal(alone(x), torch.cat([own(part) for own, part in zip(shares, x.chunk(3), strict=True)]))


def test_a_batch_of_two_batches_is_shared_in_the_same_way() -> None:
    reals_and_fakes = torch.ones(12, 5)
    alone, shares = layer(0.3), [layer(0.3, rank, 3) for rank in range(3)]
    for one in (alone, *shares):
        one.parts = 2
    whole = alone(reals_and_fakes).view(2, 6, 5)
    for rank, own in enumerate(shares):
        assert torch.equal(own(torch.ones(4, 5)).view(2, 2, 5), whole[:, 2 * rank : 2 * rank + 2])


def test_a_mask_depends_on_the_key_alone() -> None:
    x = torch.ones(40, 10)
    torch.manual_seed(1)
    first = layer(0.5)(x)
    torch.manual_seed(2)
    assert torch.equal(first, layer(0.5)(x))
    assert not torch.equal(first, layer(0.5, key=2)(x))


def test_evaluation_and_no_probability_leave_everything_as_it_is() -> None:
    x = torch.randn(5, 4)
    assert layer(0.5).eval()(x) is x
    assert layer(0.0)(x) is x


def test_gradients_pass_the_mask_twice() -> None:
    drop = layer(0.5)
    network = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), drop, nn.Linear(8, 1)).double()
    x = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)

    def output(x: torch.Tensor) -> torch.Tensor:
        drop.noise = IndexedNoise((1,), CPU)
        return network(x)

    assert torch.autograd.gradcheck(output, x)
    assert torch.autograd.gradgradcheck(output, x)


def test_outside_of_a_training_it_follows_the_global_stream() -> None:
    x = torch.ones(30, 10)
    drop = Dropout(0.5)
    torch.manual_seed(1)
    first, second = drop(x), drop(x)
    assert not torch.equal(first, second)
    torch.manual_seed(1)
    assert torch.equal(first, drop(x))

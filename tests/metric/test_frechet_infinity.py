import pytest
import torch
from torch import Tensor

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.frechet import FrechetDistance
from gan_lab.metric.frechet_infinity import FrechetInfinity, intercept


def normal(seed: int, n: int, d: int = 20) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def both(real: Tensor, fake: Tensor) -> tuple[float, float]:
    values: dict[str, float] = {}
    for metric in (FrechetDistance(), FrechetInfinity()):
        metric.set_reference(Reference(Features(real)))
        values |= metric.of(Features(fake))
    return values["fid"], values["fid_infinity"]


def test_a_line_through_points_on_a_line() -> None:
    assert intercept([0.1, 0.2, 0.5], [1.3, 1.6, 2.5]) == pytest.approx(1.0)


def test_the_bias_of_few_samples_goes() -> None:
    """Against a reference large enough to have no bias of its own, the truth is the squared shift."""
    real = normal(0, 200_000)
    plain, infinite = zip(*(both(real, normal(seed, 500) + 0.1) for seed in range(1, 9)), strict=True)
    truth = 20 * 0.01
    biased, extrapolated = (abs(sum(values) / 8 - truth) for values in (plain, infinite))
    assert biased > 0.1
    assert extrapolated < biased / 4


def test_the_global_random_state_is_left_alone() -> None:
    before = torch.get_rng_state()
    assert both(normal(0, 100), normal(1, 60)) == both(normal(0, 100), normal(1, 60))
    assert torch.equal(before, torch.get_rng_state())


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="4 samples or more, not 3"):
        both(normal(0, 9), normal(1, 3))

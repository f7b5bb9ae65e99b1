"""Alpha-precision and beta-recall against closed forms and against a loop over their levels."""

import numpy as np
import pytest
import torch
from torch import Tensor

from gan_lab.metric.alpha_precision import AlphaPrecision
from gan_lab.metric.features import Features, Reference


def normal(seed: int, n: int, d: int = 4) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def measured(real: Tensor, fake: Tensor, k: int = 5) -> tuple[float, float]:
    metric = AlphaPrecision(k=k)
    metric.set_reference(Reference(Features(real)))
    precision, recall = metric.of(Features(fake)).values()
    return precision, recall


def by_loops(real: Tensor, fake: Tensor, k: int) -> tuple[float, float]:
    """Both from their curves at many levels, with distances of all pairs."""
    x, y = real.numpy(), fake.numpy()
    among = np.sort(np.linalg.norm(x[:, None] - x[None], axis=2), axis=1)[:, k]  # column 0 is the point itself
    between = np.linalg.norm(x[:, None] - y[None], axis=2)
    nearest = between.argmin(1)
    from_real, from_fake = np.linalg.norm(y - x.mean(0), axis=1), np.linalg.norm(y[nearest] - y.mean(0), axis=1)
    own = np.linalg.norm(x - x.mean(0), axis=1)
    levels = (np.arange(len(x)) + 0.5) / len(x)
    precision = [(from_real <= np.quantile(own, a, method="inverted_cdf")).mean() for a in levels]
    near = between.min(1) <= among
    recall = [(near & (from_fake <= np.quantile(from_fake, b, method="inverted_cdf"))).mean() for b in levels]
    return (
        float(1 - 2 * np.abs(precision - levels).mean()),
        float(1 - 2 * np.abs(recall - levels).mean()),
    )


@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (0.5, 0.0), (1.3, 0.8)])
def test_both_are_those_of_their_curves(k: int, scale: float, shift: float) -> None:
    real, fake = normal(0, 60), scale * normal(1, 45) + shift
    assert measured(real, fake, k) == pytest.approx(by_loops(real, fake, k), rel=1e-9)


@pytest.mark.parametrize("scale", [0.25, 0.8, 1.0, 2.0])
def test_distances_that_are_uniform_on_both_sides_have_a_closed_form(scale: float) -> None:
    """With P(α) = min(1, α / s), IP is s for s < 1 and 1 / s for s > 1."""
    radius = torch.linspace(0, 1, 2001, dtype=torch.float64)[1:]
    real = torch.stack([torch.cat([radius, -radius]), torch.zeros(4000, dtype=torch.float64)], 1)
    precision, _ = measured(real, scale * real, k=1)
    assert precision == pytest.approx(min(scale, 1 / scale), abs=2e-3)


def test_equal_sets_have_1_up_to_the_steps() -> None:
    real = normal(0, 50)
    assert measured(real, real) == pytest.approx((1 - 1 / 50, 1 - 1 / 50))


def test_copies_of_the_centre_and_of_what_is_far_have_no_precision() -> None:
    real = normal(0, 200)
    centre = real.mean(0, keepdim=True).repeat(200, 1)
    assert measured(real, centre)[0] == pytest.approx(0, abs=0.01)
    precision, recall = measured(real, normal(1, 200) + 100)
    assert (precision, recall) == pytest.approx((0, 0), abs=0.01)


def test_half_of_the_modes_have_three_quarters_of_the_recall_and_a_k_of_1_half_of_it_for_equal_laws() -> None:
    """Real samples of the other mode are nearest to the edge of the generated one, so that R(β) = min(β, 1/2). A real
    sample's own nearest neighbour is as likely nearer than a generated one as farther."""
    side = torch.arange(800) % 2
    real, fake = (normal(seed, 800) + 40 * side[:, None] for seed in (0, 1))
    _, all_modes = measured(real, fake)
    _, one_mode = measured(real, fake[side == 0])
    _, nearest_alone = measured(normal(2, 800), normal(3, 800), k=1)
    assert all_modes > 0.9
    assert one_mode == pytest.approx(0.75, abs=0.04)
    assert nearest_alone == pytest.approx(0.5, abs=0.06)


def test_k_is_in_the_name_and_asks_for_neighbours() -> None:
    metric = AlphaPrecision(k=3)
    assert metric.keys == ("alpha_precision", "beta_recall_k3")
    assert metric.least() == {"alpha_precision": 2, "beta_recall_k3": 4}
    metric.set_reference(Reference(Features(normal(0, 9))))
    with pytest.raises(ValueError, match="1 sample or more, not 0"):
        metric.of(Features(normal(0, 0)))

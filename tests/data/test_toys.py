from math import pi

import pytest
import torch

from gan_lab.data.grid import Grid
from gan_lab.data.point_mass import PointMass
from gan_lab.data.ring import Ring
from gan_lab.data.swiss_roll import SwissRoll
from gan_lab.data.toy import Toy
from tests.present import present

CLASSES = {Ring: 8, Grid: 25, SwissRoll: 0}


def toy(kind: type[Toy], split_seed: int = 0) -> Toy:
    data = kind(shape=(2,), num_classes=CLASSES[kind], batch_size=64, seed=1, split_seed=split_seed)
    data.setup()
    return data


@pytest.mark.parametrize("kind", CLASSES)
def test_the_parts_are_three_independent_draws(kind: type[Toy]) -> None:
    data = toy(kind)
    parts = [data.train, data.validation, data.test]
    assert [len(part) for part in parts] == [50_000, 10_000, 10_000]
    assert len(torch.cat([part.values for part in parts]).unique(dim=0)) == 70_000


@pytest.mark.parametrize("kind", CLASSES)
def test_the_split_seed_decides_the_draw(kind: type[Toy]) -> None:
    assert torch.equal(toy(kind).train.values, toy(kind).train.values)
    assert not torch.equal(toy(kind).train.values, toy(kind, split_seed=1).train.values)


@pytest.mark.parametrize(("kind", "std"), [(Ring, 0.01414), (Grid, 0.01768)])
def test_the_mixtures_are_what_they_say(kind: type[Ring] | type[Grid], std: float) -> None:
    data = toy(kind)
    train, k = data.train, len(present(data.modes))
    assert data.mode_std == pytest.approx(std, rel=1e-3)
    residual = train.values - present(data.modes)[train.labels]
    # The standard error of a std from 100,000 coordinates is 0.22% of it.
    assert residual.std().item() == pytest.approx(std, rel=0.01)
    assert residual.mean(dim=0).abs().max() < 5 * std / 50_000**0.5
    # The modes are at least 40 std apart, so that the label must be the nearest.
    assert torch.equal(torch.cdist(train.values, present(data.modes)).argmin(dim=1), present(train.labels))
    share = present(train.labels).bincount(minlength=k) / len(train)
    assert (share - 1 / k).abs().max() < 5 * (1 / k / len(train)) ** 0.5


def test_the_ring_has_radius_root_two_and_equal_gaps() -> None:
    modes = toy(Ring).modes
    assert present(modes).shape == (8, 2)
    assert present(modes).norm(dim=1) == pytest.approx(2 / 1.414)
    gap = torch.cdist(present(modes), present(modes)).fill_diagonal_(9).min(dim=1).values
    assert gap == pytest.approx(2 * 2 / 1.414 * torch.sin(torch.tensor(pi / 8)).item(), rel=1e-5)


def test_the_grid_is_square_and_centred() -> None:
    modes = toy(Grid).modes
    ticks = [-4 / 2.828, -2 / 2.828, 0, 2 / 2.828, 4 / 2.828]
    assert sorted(present(modes).tolist()) == [pytest.approx([x, y]) for x in ticks for y in ticks]


def test_the_swiss_roll_follows_its_spiral() -> None:
    data = toy(SwissRoll)
    assert data.modes is None
    assert data.mode_std is None
    assert data.train.labels is None
    points = data.train.values * 7.5
    # E|x|^2 = E t^2 + 2 sigma^2 with t uniform on [1.5 pi, 4.5 pi]: E t^2 = (4.5^3 - 1.5^3) pi^2 / 9.
    assert points.square().sum(dim=1).mean().item() == pytest.approx(
        (4.5**3 - 1.5**3) * pi**2 / 9 + 2 * 0.25**2, rel=0.01
    )
    # Across the spiral, a point's angle and radius differ by the noise alone (times the spiral's slope).
    radius, angle = points.norm(dim=1), torch.atan2(points[:, 1], points[:, 0])
    off = torch.remainder(radius - angle + pi, 2 * pi) - pi
    assert off.std().item() == pytest.approx(0.25, rel=0.03)
    assert off.mean().abs() < 0.02


def test_the_point_mass_is_the_number_0() -> None:
    data = PointMass(shape=(1,), num_classes=0, batch_size=64, seed=1, split_seed=0)
    data.setup()
    assert torch.equal(data.train.values, torch.zeros(50_000, 1))
    assert "50,000 to train" in data.described
    assert "1 dimension," in data.described

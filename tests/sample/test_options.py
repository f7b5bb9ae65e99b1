"""What no model allows is refused before a model is opened."""

from typing import Any

import pytest

from gan_lab.errors import GanLabError
from gan_lab.prior.normal import Normal
from gan_lab.sample.options import Settings
from gan_lab.sampler.direct import Direct
from gan_lab.sampler.sigma_scaled import SigmaScaled
from gan_lab.sampler.sir import SIR


def read(**changed: Any) -> Settings:
    given = {
        **{"n": 9, "seed": 2, "format": "png", "label": 3},
        **{"component": None, "trajectory": None, "trajectory_rows": 8, "trajectory_steps": 10},
    }
    return Settings.of(given | changed)


def test_options_are_read_as_they_are_given() -> None:
    found = read(format="npz", component=4, trajectory="traversal")
    assert (found.n, found.seed, found.format, found.label, found.component) == (9, 2, "npz", 3, 4)
    assert (found.trajectory, found.rows, found.steps) == ("traversal", 8, 10)
    assert read(n=1, trajectory_rows=1, trajectory_steps=2).n == 1, "the least of everything"
    assert read(n=9, trajectory="interpolation").rows == 8, "nine samples have eight ways between them"
    assert read(n=1, trajectory="traversal").n == 1, "a traversal starts from one sample"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"n": 0}, "n=0 must be 1 or more"),
        ({"n": 2.5}, "n is 2.5"),
        ({"format": "jpg"}, "format is 'jpg'"),
        ({"trajectory": "walk"}, "trajectory is 'walk'"),
        ({"label": "three"}, "label is 'three'"),
        ({"trajectory_rows": 0}, "trajectory_rows must be 1 or more and trajectory_steps 2 or more, not 0 and 10"),
        ({"trajectory_steps": 1}, "trajectory_steps 2 or more, not 8 and 1"),
        ({"n": 8, "trajectory": "interpolation"}, "trajectory_rows=8 goes through 9 samples: n=8 is too small"),
    ],
)
def test_what_makes_no_sense_is_refused(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        read(**changed)


def test_trajectories_need_codes_of_the_prior() -> None:
    direct = Direct(batch_size=10)
    choosy = SIR(batch_size=10, proposal=direct, calibration="none", calibration_samples=20, k=2, rounds=1)
    read().refuse_sampler(choosy)
    walking = read(trajectory="traversal")
    walking.refuse_sampler(direct)
    walking.refuse_sampler(SigmaScaled(tau=2.0, batch_size=10))
    with pytest.raises(GanLabError, match="trajectory=traversal needs codes of the prior, which sampler=sir changes"):
        walking.refuse_sampler(choosy)


def test_points_are_no_pictures() -> None:
    read().refuse_model((1, 28, 28), Normal(dim=2))
    read(format="npz").refuse_model((2,), Normal(dim=2))
    with pytest.raises(GanLabError, match="format=png is for images"):
        read().refuse_model((2,), Normal(dim=2))


def test_a_traversal_has_no_more_rows_than_codes_have_coordinates() -> None:
    walking = read(trajectory="traversal")
    walking.refuse_model((1, 28, 28), Normal(dim=8))
    with pytest.raises(GanLabError, match="codes have 7 of them: trajectory_rows=8 is too large"):
        walking.refuse_model((1, 28, 28), Normal(dim=7))
    read(trajectory="interpolation").refuse_model((1, 28, 28), Normal(dim=7))

"""The plan gives every evaluation a folder of its own, and the published file holds what is planned."""

from pathlib import Path

import pytest

from gan_lab.reference.published import SAMPLERS
from gan_lab.reference.sampler_plan import TRAINING, folder_of, plan
from gan_lab.trust.foreign import read_json


@pytest.mark.parametrize("part", TRAINING)
def test_every_evaluation_has_a_folder_of_its_own(part: str) -> None:
    jobs = {*plan(part)}
    assert len({folder_of(Path("runs"), part, sampler, rest) for sampler, rest in jobs}) == len(jobs)


def test_images_are_measured_in_large_and_small_numbers_and_points_once() -> None:
    rests = {part: [rest for _, rest in plan(part)] for part in TRAINING}
    assert {*rests["grid"]} == {("n=10000", "data=grid")}
    large, small = ("n=10000",), ("n=2000", "repeats=3")
    for part in ("gan", "wgan_gp", "gmgan_dynamic"):
        at = {rest: [sampler for sampler, other in plan(part) if other == rest] for rest in (large, small)}
        assert {*at[large]} < {*at[small]}, "all that is cheap, and then what is not"
        assert {"mh", "ddls"} <= {*at[small]} - {*at[large]}
        assert any(sampler.startswith("sigma_scaled") for sampler in at[large]) == (part == "gmgan_dynamic")
        assert ("ddls sampler.calibration=energy" in at[small]) == (part == "wgan_gp")
        assert {*rests[part]} > {large, small} if part == "wgan_gp" else {*rests[part]} == {large, small}


def test_the_reports_rejection_of_batches_is_measured_where_a_batch_fits() -> None:
    claim = [(sampler, rest) for sampler, rest in plan("wgan_gp") if rest[0] == "n=100" or rest[-1] == "repeats=5"]
    small = [sampler for sampler, rest in claim if rest == ("n=100", "repeats=10")]
    large = [sampler for sampler, rest in claim if rest == ("n=1000", "repeats=5")]
    assert (len(small), len(large)) == (3, 5)
    assert not any("batch=1000" in sampler for sampler in small)
    assert {*small} < {*large}


def test_a_folder_says_what_was_measured_in_it() -> None:
    found = folder_of(Path("runs"), "gan", "ddls sampler.eps=0.05", ("n=2000", "repeats=3"))
    assert found == Path("runs/evaluations/gan/ddls_eps-0.05_n-2000_repeats-3")


def test_the_published_file_has_the_whole_plan() -> None:
    published = read_json(SAMPLERS / "samplers.json")
    for part in TRAINING:
        kept = [one["sampler"] for one in (*published[part]["rows"], *published[part]["refused"])]
        assert sorted(kept) == sorted(sampler for sampler, _ in dict.fromkeys(plan(part))), part

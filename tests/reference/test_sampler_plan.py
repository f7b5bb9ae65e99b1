"""The plan gives every evaluation a folder of its own, and the published file holds what is planned."""

from pathlib import Path

import pytest

from gan_lab.config.compose import compose_config
from gan_lab.evaluate.__main__ import USED
from gan_lab.reference.published import SAMPLERS
from gan_lab.reference.sampler_plan import SEVERAL, SMALL, TRAINING, folder_of, plan
from gan_lab.trust.foreign import read_json


@pytest.mark.parametrize("part", TRAINING)
def test_every_evaluation_has_a_folder_of_its_own(part: str) -> None:
    jobs = {*plan(part)}
    assert len({folder_of(Path("runs"), part, sampler, rest) for sampler, rest in jobs}) == len(jobs)


def test_images_are_measured_in_large_and_small_numbers_and_points_once() -> None:
    rests = {part: [rest for _, rest in plan(part)] for part in TRAINING}
    assert {*rests["grid"]} == {("n=10000", "data=grid")}
    large, small, choosing = ("n=10000",), SMALL["test"], SMALL["validation"]
    for part in ("gan", "wgan_gp", "gmgan_dynamic"):
        at = {rest: [sampler for sampler, other in plan(part) if other == rest] for rest in (large, small, choosing)}
        assert {*at[large]} < {*at[small]}, "all that is cheap, and then what is not"
        assert at[choosing] == at[small], "validation images choose among all that test images report"
        assert {"mh", "ddls"} <= {*at[small]} - {*at[large]}
        assert any(sampler.startswith("sigma_scaled") for sampler in at[large]) == (part == "gmgan_dynamic")
        assert ("ddls sampler.calibration=energy" in at[small]) == (part == "wgan_gp")
        assert ({*rests[part]} == {large, small, choosing}) == (part != "wgan_gp")


def test_what_is_tested_has_ten_sampling_seeds_each_with_a_calibration_of_its_own() -> None:
    several = [rest for part in TRAINING for _, rest in plan(part) if any("repeats" in word for word in rest)]
    assert all({"repeats=10", "recalibrate=true"} <= {*rest} for rest in several)
    config = compose_config("checkpoint=x", *SMALL["validation"], "data=digits", root="evaluate", keys=[*USED])
    assert (config["n"], config["repeats"], config["recalibrate"]) == (2000, 10, True)
    assert config["metric"]["split"] == "validation"


def test_the_reports_rejection_of_batches_is_measured_where_a_batch_fits() -> None:
    by_n = {
        n: [sampler for sampler, rest in plan("wgan_gp") if rest == (f"n={n}", *SEVERAL)] for n in (100, 1000, 10000)
    }
    assert [len(samplers) for samplers in by_n.values()] == [3, 5, 5]
    assert not any("batch=1000" in sampler for sampler in by_n[100])
    assert {*by_n[100]} < {*by_n[1000]} == {*by_n[10000]}


def test_a_folder_says_what_was_measured_in_it() -> None:
    found = folder_of(Path("runs"), "gan", "ddls sampler.eps=0.05", ("n=2000", "repeats=10"))
    assert found == Path("runs/evaluations/gan/ddls_eps-0.05_n-2000_repeats-10")


def test_the_published_file_has_every_sampler_of_the_plan() -> None:
    published = read_json(SAMPLERS / "samplers.json")
    for part in TRAINING:
        kept = {one["sampler"] for one in (*published[part]["rows"], *published[part]["refused"])}
        assert kept == {sampler for sampler, _ in plan(part)}, part

"""The plan gives every evaluation a folder of its own, and the published file holds what is planned."""

from pathlib import Path

import pytest

from gan_lab.reference.published import SAMPLERS
from gan_lab.reference.sampler_plan import TRAINING, folder_of, plan
from gan_lab.runs.run_folder import read_json


@pytest.mark.parametrize("part", TRAINING)
def test_every_evaluation_has_a_folder_of_its_own(part: str) -> None:
    jobs = {*plan(part)}
    assert len({folder_of(Path("runs"), part, sampler, rest) for sampler, rest in jobs}) == len(jobs)


def test_the_published_file_has_the_whole_plan() -> None:
    published = read_json(SAMPLERS / "samplers.json")
    for part in TRAINING:
        kept = [one["sampler"] for one in (*published[part]["rows"], *published[part]["refused"])]
        assert sorted(kept) == sorted(sampler for sampler, _ in dict.fromkeys(plan(part))), part

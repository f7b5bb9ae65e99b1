"""A finished result is overwritten by the same command alone, and by others that say so."""

import json
from pathlib import Path

import pytest

from gan_lab.errors import GanLabError
from gan_lab.runs.measured_again import refuse_other_settings

RECORD = "evaluation.json"


def test_the_same_settings_may_be_measured_again_and_others_must_say_so(tmp_path: Path) -> None:
    refuse_other_settings(tmp_path / "new", RECORD, ["n=5"])
    (tmp_path / RECORD).write_text(json.dumps({"overrides": ["n=5", "seed=2", "overwrite=true"]}))
    refuse_other_settings(tmp_path, RECORD, ["seed=2", "n=5"])
    refuse_other_settings(tmp_path, RECORD, ["n=6", "overwrite=true"])
    for overrides in (["n=6", "seed=2"], ["n=5"], [], ["n=5", "seed=2", "k=3"], ["n=6", "overwrite=false"]):
        with pytest.raises(GanLabError, match=r"json exists with other settings: choose another .*overwrite=true$"):
            refuse_other_settings(tmp_path, RECORD, overrides)


@pytest.mark.parametrize("text", ["{", "{}", '{"overrides": "n=5"}', '{"overrides": null}'])
def test_a_record_that_does_not_tell_its_settings_has_others(tmp_path: Path, text: str) -> None:
    (tmp_path / RECORD).write_text(text)
    with pytest.raises(GanLabError, match="exists with other settings"):
        refuse_other_settings(tmp_path, RECORD, [])


@pytest.mark.parametrize("mark", ["config.yaml", "metrics.csv"])
def test_the_folder_of_a_training_is_not_written_into(tmp_path: Path, mark: str) -> None:
    (tmp_path / mark).touch()
    with pytest.raises(GanLabError, match=r"^the run in .* exists: choose another folder"):
        refuse_other_settings(tmp_path, RECORD, [])
    refuse_other_settings(tmp_path, RECORD, ["overwrite=true"])

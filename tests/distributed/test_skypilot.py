"""The job for SkyPilot: what it mounts and names fits together, and its command goes on after an interruption."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands import REPOSITORY, gan_lab, run_folders
from tests.documents import SHORT

TASK: dict[str, Any] = yaml.safe_load((REPOSITORY / "gan_lab" / "distributed" / "skypilot.yaml").read_text())
(COMMAND,) = re.findall(r"^python -m gan_lab (.*)$", TASK["run"], re.MULTILINE)


def test_the_job_names_what_it_has() -> None:
    assert TASK.keys() == {"name", "workdir", "resources", "envs", "file_mounts", "setup", "run"}
    ((folder, bucket),) = TASK["file_mounts"].items()
    assert bucket["mode"] == "MOUNT_CACHED", "a run appends to files and renames them"
    assert re.findall(r"\$\{(\w+)\}", bucket["name"]) == [*TASK["envs"]]
    (sweep,) = re.findall(r"hydra\.sweep\.dir=(\S+)", COMMAND)
    assert Path(sweep).parent == Path(folder), "what outlives the machine is in the bucket"


@pytest.mark.slow
def test_the_same_command_goes_on_with_what_is_in_the_bucket(tmp_path: Path) -> None:
    words = COMMAND.replace("/outputs", str(tmp_path / "bucket")).replace("data=mnist", "data=digits")
    words = words.replace("hydra/launcher=joblib model=gan,wgan_gp seed=1,2", "model=gan seed=1")
    for machine, count in (("first", 0), ("second", 1)):
        (tmp_path / machine).mkdir()
        said = gan_lab(*shlex.split(words), *SHORT, cwd=tmp_path / machine)
        assert said.count("finished before, not run again") == count
    assert [path.parent.name for path in tmp_path.rglob("config.yaml")] == ["0_gan"]
    assert run_folders(tmp_path / "second") == []

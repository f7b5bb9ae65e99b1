"""The columns of a sweep's runs: what it chose for each, by name, numbers as numbers."""

import json
from pathlib import Path
from typing import Any

import pytest

from gan_lab.config.swept import swept_keys, swept_values
from gan_lab.errors import GanLabError


def sweep(folder: Path, command: str, *jobs: list[str]) -> Path:
    listed: list[dict[str, Any]] = [{"folder": f"{i}_gan", "overrides": job} for i, job in enumerate(jobs)]
    (folder / "sweep.json").write_text(json.dumps({"command": command, "kind": "grid", "jobs": listed}))
    return folder


def test_what_the_command_says_itself_is_not_swept(tmp_path: Path) -> None:
    folder = sweep(
        tmp_path,
        "python -m gan_lab -m model=gan,wgan +model.n_critic=1,2 penalty=[],[r1,r2] optimizer.lr=1e-3,1e-4 seed=1",
        ["model=gan", "+model.n_critic=2", "penalty=[r1,r2]", "optimizer.lr=1e-4", "seed=1"],
        ["model=wgan", "+model.n_critic=1", "penalty=[]", "optimizer.lr=1e-3", "seed=1"],
    )
    values = swept_values(folder / "0_gan")
    assert values == {"model": "gan", "model/n_critic": 2, "penalty": "[r1,r2]", "optimizer/lr": 1e-4}
    assert type(values["model/n_critic"]) is int
    assert swept_keys(folder) == ["model", "model/n_critic", "penalty", "optimizer/lr"]


def test_the_first_job_of_a_search_knows_what_is_varied(tmp_path: Path) -> None:
    folder = sweep(tmp_path, "python -m gan_lab -m model=gan", ["model=gan", "model.prior.std=1.5"])
    assert swept_values(folder / "0_gan") == {"model/prior/std": 1.5}


def test_runs_of_no_sweep(tmp_path: Path) -> None:
    assert swept_values(tmp_path / "run") == {}
    with pytest.raises(GanLabError, match=r"sweep\.json is not the record of a sweep"):
        swept_keys(tmp_path)
    folder = sweep(tmp_path, "python -m gan_lab -m seed=1,2", ["seed=1"])
    assert swept_values(folder / "another") == {}

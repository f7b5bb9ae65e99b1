"""What W&B is told is what metrics.csv and the run folder say, of every step."""

import math
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import wandb
from omegaconf import OmegaConf
from PIL import Image

from gan_lab.cli.conf_dir import wandb_offline
from tests.commands import QUICK, environment, gan_lab, metrics, run_folders
from tests.wandb_records import WANDB, Records, records


def measured(history: list[dict[str, Any]]) -> dict[int, dict[str, float]]:
    """The history without pictures and W&B's own clocks, by W&B's step."""
    found: dict[int, dict[str, float]] = {}
    for item in history:
        values = {k: float(v) for k, v in item.items() if not k.startswith(("_", "samples")) and k != "seconds"}
        assert item["_step"] == item["generator_steps"]
        assert item["_step"] not in found
        if values.keys() != {"generator_steps"}:
            found[item["_step"]] = values
    return found


def in_csv(run: Path) -> dict[int, dict[str, float]]:
    rows = ({name: float(value) for name, value in row.items() if value != ""} for row in metrics(run))
    return {int(row["generator_steps"]): row for row in rows}


def assert_equal(history: dict[int, dict[str, float]], table: dict[int, dict[str, float]]) -> None:
    assert history.keys() == table.keys()
    for step, row in table.items():
        assert history[step].keys() == row.keys(), step
        for name, value in row.items():
            assert history[step][name] == value or (math.isnan(value) and math.isnan(history[step][name])), (step, name)


def pictures(found: Records) -> dict[int, Path]:
    """The file of each logged picture by its step."""
    return {
        item["_step"]: found.folder / "files" / item["samples.filenames"][0]
        for item in found.history
        if "samples.filenames" in item
    }


@pytest.mark.slow
@pytest.mark.xdist_group("wandb sweep")
def test_the_whole_history_is_metrics_csv_and_the_pictures_are_the_samples(wandb_sweep: Path) -> None:
    for run in (wandb_sweep / "0_gan", wandb_sweep / "1_gan"):
        (found,) = records(run)
        assert len(in_csv(run)) > 4
        assert_equal(measured(found.history), in_csv(run))
        samples = {int(path.stem.removeprefix("step_")): path for path in run.glob("samples/step_*.png")}
        assert pictures(found).keys() == samples.keys() >= {0, 10}
        for step, path in pictures(found).items():
            with Image.open(path) as logged, Image.open(samples[step]) as saved:
                np.testing.assert_array_equal(np.asarray(logged.convert("L")), np.asarray(saved.convert("L")))


@pytest.mark.slow
@pytest.mark.xdist_group("wandb sweep")
def test_the_runs_of_a_sweep_are_a_group_with_what_it_varied_as_columns(wandb_sweep: Path) -> None:
    for number, n_critic in ((0, 1), (1, 2)):
        run = wandb_sweep / f"{number}_gan"
        (found,) = records(run)
        assert found.run["run_group"] == wandb_sweep.name
        assert found.config["swept"] == {"model/n_critic": n_critic}
        assert found.config["setting"] == f"model/n_critic={n_critic}"
        assert found.config["variant"] == "gan"
        saved: Any = OmegaConf.to_container(OmegaConf.load(run / "config.yaml"))
        assert saved["model"]["n_critic"] == n_critic
        assert saved == {name: found.config[name] for name in saved}
        assert found.summary["status"] == "finished"


@pytest.mark.slow
def test_a_resumed_run_goes_on_in_the_same_wandb_run(tmp_path: Path) -> None:
    """As a run on its own; and both parts are found by the command that uploads everything."""
    gan_lab("model=gan", "logger=wandb", *QUICK, "generator_steps=20", "callbacks.terms.every=3", cwd=tmp_path)
    (run,) = run_folders(tmp_path)
    gan_lab(f"resume={run}", "generator_steps=40", cwd=tmp_path)
    parts = records(run)
    assert len(parts) == 2
    assert {part.run["run_id"] for part in parts} == {parts[0].run["run_id"]}
    assert {part.run["run_group"] for part in parts} == {"gan-ring"}
    assert {part.config["setting"] for part in parts} == {"gan-ring"}
    assert min(item["_step"] for item in parts[1].history) > max(item["_step"] for item in parts[0].history)
    assert_equal(measured(parts[0].history + parts[1].history), in_csv(run))
    push = f"find outputs -type d -name 'offline-run-*' -exec {WANDB} sync --dry-run {{}} +"
    done = subprocess.run(push, shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True)
    for part in parts:
        assert str(part.folder.relative_to(tmp_path)) in done.stdout + done.stderr


def test_a_key_is_found_where_login_puts_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = tmp_path / "netrc"
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.delenv("WANDB_BASE_URL", raising=False)
    monkeypatch.setenv("NETRC", str(keys))
    assert wandb_offline()
    keys.write_text("machine elsewhere.example\n  login user\n  password x\n")
    assert wandb_offline()
    keys.write_text(f"machine {urlsplit(wandb.Settings().base_url).netloc}\n  login user\n  password x\n")
    assert not wandb_offline()
    monkeypatch.setenv("WANDB_BASE_URL", "https://own.example")
    assert wandb_offline()

"""What W&B is told is what metrics.csv and the run folder say, of every step."""

import json
import math
import re
import subprocess
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import wandb
from omegaconf import OmegaConf
from PIL import Image

from gan_lab.config.resolvers import wandb_offline
from gan_lab.logger.wandb import start_wandb
from tests.commands import QUICK, environment, gan_lab, metrics, run_folders
from tests.forked import Forked
from tests.wandb_records import WANDB, Records, records


def measured(history: list[dict[str, Any]]) -> dict[int, dict[str, float]]:
    """The history without pictures, the table at the end and W&B's own clocks, by W&B's step."""
    found: dict[int, dict[str, float]] = {}
    for item in history:
        values = {
            k: float(v)
            for k, v in item.items()
            if not k.startswith(("_", "samples", "final", "beside_real")) and k != "seconds"
        }
        assert item["_step"] == item["generator_steps"]
        assert item["_step"] not in found
        if values.keys() != {"generator_steps"}:
            found[item["_step"]] = values
    return found


def in_csv(run: Path) -> dict[int, dict[str, float]]:
    """The lines of metrics.csv by step; what is neither a player's nor a clock is a measure."""

    def renamed(name: str) -> str:
        return name if "/" in name or name in ("generator_steps", "images_seen") else f"measure/{name}"

    rows = ({renamed(name): float(value) for name, value in row.items() if value != ""} for row in metrics(run))
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
def test_a_measure_has_a_panel_where_it_is_a_curve_and_its_better_end_in_the_summary(wandb_sweep: Path) -> None:
    run = wandb_sweep / "0_gan"
    (found,) = records(run)
    curves: dict[str, list[float]] = {}
    for row in measured(found.history).values():
        for name, value in row.items():
            curves.setdefault(name, []).append(value)
    measures = {name: values for name, values in curves.items() if name.startswith("measure/")}
    assert {len(values) for values in measures.values()} == {1, 3}
    defined_of = {axis["name"]: axis for axis in found.axes if "name" in axis}
    for name, values in measures.items():
        defined = defined_of[name]
        assert defined["options"].get("hidden", False) == (len(values) == 1), name
        for end, extreme in (("min", min(values)), ("max", max(values))):
            if defined.get("summary", {}).get(end):
                assert found.summary[name][end] == extreme
    assert defined_of["measure/fid"]["summary"] == {"last": True, "min": True}
    assert defined_of["measure/recall_k3"]["summary"] == {"last": True, "max": True}
    assert not any("_layer_" in name for name in curves)


@pytest.mark.slow
@pytest.mark.xdist_group("wandb sweep")
def test_what_is_measured_once_is_one_table(wandb_sweep: Path) -> None:
    run = wandb_sweep / "1_gan"
    (found,) = records(run)
    (path,) = {found.folder / "files" / row["final.path"] for row in found.history if "final.path" in row}
    table = json.loads(path.read_text())
    summary = json.loads((run / "summary.json").read_text())
    saved, intervals = summary["measures"], summary["intervals"]["best"]
    assert intervals
    assert table["columns"] == ["measure", "best", "last", "raw", "floor", "best low", "best high"]
    assert {name for name, *_ in table["data"]} == {name for values in saved.values() for name in values}
    for name, *values in table["data"]:
        assert values[:4] == [saved[row].get(name) for row in ("best", "last", "raw", "floor")]
        assert values[4:] == intervals.get(name, [None, None])
        assert all(found.summary.get(f"{row}/{name}") == saved[row].get(name) for row in saved)


@pytest.mark.slow
@pytest.mark.xdist_group("wandb sweep")
def test_the_dashboard_needs_no_set_up(wandb_sweep: Path) -> None:
    """Curves beside real data, axes of generator steps, names by player, and captions."""
    run = wandb_sweep / "1_gan"
    (found,) = records(run)
    table = in_csv(run)
    floor = json.loads((run / "summary.json").read_text())["measures"]["floor"]
    charts = {
        k: v
        for row in found.history
        for k, v in row.items()
        if k.startswith("beside_real") and k.endswith("_table.path")
    }
    assert {key.split("/")[1].split("_table")[0] for key in charts} >= {"fid", "precision_k3", "recall_k3"}
    for key, path in charts.items():
        name = key.split("/")[1].split("_table")[0]
        drawn = json.loads((found.folder / "files" / path).read_text())
        assert drawn["columns"] == ["step", "lineKey", "lineVal"]
        curve = [[step, name, row[f"measure/{name}"]] for step, row in table.items() if f"measure/{name}" in row]
        assert len(curve) > 1
        assert drawn["data"] == curve + [[step, "real data", floor[name]] for step, _, _ in curve]
    numbers = {key for row in measured(found.history).values() for key in row} - {"generator_steps", "images_seen"}
    assert {key.split("/")[0] for key in numbers} == {"measure", "critic", "generator"}
    axes = {axis.get("glob_name") or axis["name"]: axis.get("step_metric") for axis in found.axes}
    assert {axes.get(key, axes["*"]) for key in numbers} == {"generator_steps"}
    captions = {item["_step"]: item["samples.captions"] for item in found.history if "samples.captions" in item}
    assert captions.keys() == pictures(found).keys()
    assert all(f"generator step {step}:" in caption for step, (caption,) in captions.items())


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
    """As a run on its own; and the command that it names at its end uploads both parts. W&B itself prints nothing."""
    options = ("generator_steps=20", "callbacks.terms.every=3", "callbacks.terms.layers=true")
    first = gan_lab("model=gan", "logger=wandb", *QUICK, *options, cwd=tmp_path)
    (run,) = run_folders(tmp_path)
    second = gan_lab(f"resume={run}", "generator_steps=40", cwd=tmp_path)
    assert "wandb:" not in first + second
    parts = records(run)
    assert len(parts) == 2
    assert {part.run["run_id"] for part in parts} == {parts[0].run["run_id"]}
    assert {part.run["run_group"] for part in parts} == {"gan-ring"}
    assert {part.config["setting"] for part in parts} == {"gan-ring"}
    assert min(item["_step"] for item in parts[1].history) > max(item["_step"] for item in parts[0].history)
    assert_equal(measured(parts[0].history + parts[1].history), in_csv(run))
    assert any("critic/parameter_gradient_norm_layer_1" in item for item in parts[1].history)
    for printed, uploaded in ((first, parts[:1]), (second, parts)):
        (said,) = re.findall("^W&B was offline.*`wandb (sync .*)`$", printed, re.MULTILINE)
        assert_found(f"{WANDB} {said.replace('sync', 'sync --dry-run')}", uploaded, tmp_path)
    assert_found(f"find outputs -type d -name 'offline-run-*' -exec {WANDB} sync --dry-run {{}} +", parts, tmp_path)


def assert_found(command: str, parts: list[Records], cwd: Path) -> None:
    done = subprocess.run(command, shell=True, cwd=cwd, env=environment(), capture_output=True, text=True, check=True)
    for part in parts:
        assert str(part.folder.relative_to(cwd)) in done.stdout + done.stderr


def tell(run: str, told: str) -> None:
    """What a run on two measures says, in a process of its own; and what W&B then knows of it."""
    start = partial(start_wandb, save_dir=run, project="p", name="n", group="g", job_type="train", tags=("a", "b"))
    logger = start(offline=True)
    for step, fid in ((5, 7.0), (10, 3.0), (15, 4.0)):
        logger.log_metrics({"fid": fid, "loss": -fid} | ({"kid": 1.0} if step == 15 else {}), step=step)
    (Path(run) / "metrics.csv").write_text("generator_steps,fid,kid\n5,7.0,\n10,3.0,\n15,4.0,1.0\n")
    (Path(run) / "summary.json").write_text(json.dumps(SUMMARY))
    logger.finalize("success")
    experiment = logger.experiment
    found = {name: getattr(experiment, name) for name in ("id", "group", "job_type", "name", "tags")}
    wandb.finish()
    again = start(offline=True).experiment
    Path(told).write_text(json.dumps(found | {"id of its resumption": again.id}))
    wandb.finish()


FINDINGS = [
    {"name": "flat", "sentence": "The critic's loss is flat.", "figure": 0.5, "command": "x"},
    {"name": 3},
    "no",
]
SUMMARY = {
    **{"status": "finished", "monitor": "fid", "findings": FINDINGS},
    "measures": {"best": {"fid": 3.0}, "last": {"fid": 4.0}, "floor": {"fid": 1.0, "kid": 0.0}},
}


def test_a_run_of_a_sweep_tells_what_was_varied_every_step_and_how_it_ended(tmp_path: Path) -> None:
    sweep, told = tmp_path / "deep" / "sweep", tmp_path / "told.json"
    sweep.mkdir(parents=True)
    jobs = [{"folder": "0_gan", "overrides": ["model=gan", "model.n_critic=2", "seed=3"]}]
    (sweep / "sweep.json").write_text(json.dumps({"command": "python -m gan_lab -m seed=3,4", "jobs": jobs}))
    process = Forked(tell, str(sweep / "0_gan"), str(told), cwd=tmp_path, env=environment())
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
    assert "Tracking run" not in printed
    assert printed.count("wandb sync") == 1, "W&B itself is silent"
    found = json.loads(told.read_text())
    assert (found["name"], found["group"], found["job_type"], found["tags"]) == ("n", "g", "train", ["a", "b"])
    assert len(bytes.fromhex(found["id"])) == 8
    assert found["id of its resumption"] == found["id"]
    (first, _) = records(sweep / "0_gan")
    assert first.config["swept"] == {"model": "gan", "model/n_critic": 2, "seed": 3}
    assert first.config["setting"] == "model=gan, model/n_critic=2"
    assert first.summary["status"] == "finished"
    assert (first.summary["best/fid"], first.summary["floor/fid"]) == (3.0, 1.0)
    assert first.summary["last/fid"] == 4.0
    assert [(item["_step"], item["generator_steps"], item["measure/fid"]) for item in first.history] == [
        *((5, 5, 7.0), (10, 10, 3.0), (15, 15, 4.0)),
    ]
    assert first.summary["findings/flat"] == "The critic's loss is flat."
    assert {key: first.summary[key] for key in first.summary if key.startswith("findings")}.keys() == {
        *("findings/flat", "findings/3"),
    }
    axes = {axis.get("glob_name") or axis["name"]: axis for axis in first.axes}
    for clock in ("generator_steps", "images_seen", "seconds"):
        assert axes[clock]["options"]["hidden"], "nobody needs a curve of it"
    assert {axes[name]["step_metric"] for name in ("*", "measure/fid")} == {"generator_steps"}
    assert axes["measure/fid"]["summary"] == {"last": True, "min": True}
    assert first.summary["measure/fid"] == {"last": 4.0, "min": 3.0}
    hidden = {name: axes[f"measure/{name}"]["options"].get("hidden", False) for name in ("fid", "kid")}
    assert hidden == {"fid": False, "kid": True}, "one point is no curve"


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

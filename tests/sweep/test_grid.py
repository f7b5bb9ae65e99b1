"""Sweeps killed at any moment and continued by the same command."""

import json
import random
import re
import signal
import time
from pathlib import Path

import pytest

from tests.commands import QUICK, checkpoint, differences, ended, gan_lab, metrics, program, start

pytestmark = pytest.mark.slow

SWEEP = ("-m", "model=gan,gmgan_dynamic", "seed=1,2", *QUICK, "generator_steps=60", "callbacks.checkpoints.times=20")


def jobs(cwd: Path) -> list[Path]:
    """The folders of a sweep's jobs, by number."""
    (record,) = cwd.glob("outputs/multirun/*/sweep.json")
    return [record.parent / job["folder"] for job in json.loads(record.read_text())["jobs"]]


def finished(cwd: Path) -> list[Path]:
    """Of those that have begun."""
    summaries = cwd.glob("outputs/multirun/*/*/summary.json")
    return [path.parent for path in summaries if json.loads(path.read_text())["status"] == "finished"]


@pytest.mark.nightly
def test_killed_at_random_moments_and_continued_equals_uninterrupted(tmp_path: Path) -> None:
    """Bit for bit; what is finished is left alone, and what was interrupted goes on from its checkpoint."""
    (tmp_path / "whole").mkdir()
    gan_lab(*SWEEP, cwd=tmp_path / "whole")
    cut = tmp_path / "cut"
    cut.mkdir()
    moments = random.Random(7)
    written: dict[Path, int] = {}
    kills = 0
    for number in (signal.SIGKILL, signal.SIGTERM):
        process = start(*SWEEP, cwd=cut)
        expected = len(finished(cut)) + 1
        deadline = time.monotonic() + 120
        while len(finished(cut)) < min(expected, 4) and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(moments.uniform(0.0, 1.0))
        kills += process.poll() is None
        process.send_signal(number)
        process.communicate(timeout=60)
        for run in finished(cut):
            written.setdefault(run, (run / "metrics.csv").stat().st_mtime_ns)
    assert kills, "every sweep was over before it was killed"
    said = gan_lab(*SWEEP, cwd=cut)
    assert len(list(cut.glob("outputs/multirun/*"))) == 1
    for run, when in written.items():
        assert f"{run.name}: finished before, not run again" in said
        assert (run / "metrics.csv").stat().st_mtime_ns == when
    for run, whole in zip(jobs(cut), jobs(tmp_path / "whole"), strict=True):
        assert metrics(run) == metrics(whole)
        assert differences(checkpoint(run)["state_dict"], checkpoint(whole)["state_dict"]) == []
    again = gan_lab(*SWEEP, cwd=cut)
    assert again.count("not run again") == 4
    assert "4 of 4 runs done" in again


def test_an_interrupted_job_resumes(tmp_path: Path) -> None:
    """And does not start anew: the bar and the counters go on from the checkpoint, on two processes as on one."""
    arguments = ("-m", "model=gan", "seed=1", "trainer.devices=2", *QUICK, "generator_steps=200")
    process = start(*arguments, "callbacks.checkpoints.times=40", cwd=tmp_path)
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("outputs/multirun/*/*/checkpoints/best.ckpt")):
        assert process.poll() is None, process.communicate(timeout=10)[0]
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 143
    (run,) = jobs(tmp_path)
    stopped = checkpoint(run)["counters"]["generator_steps"]
    assert 0 < stopped < 200
    said = gan_lab(*arguments, "callbacks.checkpoints.times=40", cwd=tmp_path)
    assert re.search(rf"\b{stopped}/200\b", said), "the bar starts where the run stopped"
    assert checkpoint(run)["counters"]["generator_steps"] == 200
    steps = [int(row["generator_steps"]) for row in metrics(run)]
    assert steps == sorted({*steps})


def test_a_failing_job_is_told_and_stops_no_other(tmp_path: Path) -> None:
    arguments = ("-m", "model=gan", "optimizer.lr=1e30,1e29,1e-4", *QUICK, "generator_steps=20")
    said = gan_lab(*arguments, cwd=tmp_path, status=1)
    assert "2 of 3 runs failed; the same command tries them again" in said
    assert "0_gan: " in said
    assert "is not finite" in said
    assert "1_gan: " in said
    assert "Traceback" not in said
    assert "1 of 3 runs done, 2 failed, 0 left" in said
    assert [run.name for run in finished(tmp_path)] == ["2_gan"]
    again = gan_lab(*arguments, cwd=tmp_path, status=1)
    assert "2_gan: finished before, not run again" in again
    assert "2 of 3 runs failed" in again


def test_a_folder_given_by_hand_grows_and_refuses_other_values(tmp_path: Path) -> None:
    short = (*QUICK, "generator_steps=10", "hydra.sweep.dir=mine")
    gan_lab("-m", "model=gan", "seed=1,2", *short, cwd=tmp_path)
    said = gan_lab("-m", "model=gan,lsgan", "seed=1,2", *short, cwd=tmp_path)
    assert said.count("not run again") == 2
    record = json.loads((tmp_path / "mine" / "sweep.json").read_text())
    assert [job["folder"] for job in record["jobs"]] == ["0_gan", "1_gan", "2_lsgan", "3_lsgan"]
    assert {path.parent.name for path in tmp_path.glob("mine/*/summary.json")} == {
        "0_gan",
        "1_gan",
        "2_lsgan",
        "3_lsgan",
    }

    config = tmp_path / "mine" / "0_gan" / "config.yaml"  # as if a default had changed since
    config.write_text(config.read_text().replace("n_critic: 1", "n_critic: 4"))
    said = gan_lab("-m", "model=gan", "seed=1,2", *short, cwd=tmp_path, status=1)
    assert "mine/0_gan was trained with other values (model.n_critic 4 there, 1 here)" in said
    assert "1 of 2 runs failed" in said


def test_mistakes_show_before_the_first_job_runs(tmp_path: Path) -> None:
    said = gan_lab("-m", "model=gan,typo", *QUICK, cwd=tmp_path, status=1)
    assert "there is no model=typo" in said
    assert "Traceback" not in said
    assert not list(tmp_path.glob("outputs/multirun/*/*"))


KILL = "# @package callbacks.kill\n_target_: tests.processes.KillOnce\ndone: ${run_dir}/killed\n"
CALLBACKS = "callback=[progress,terms,evaluation,kill,point_samples,checkpoints,summary,figures,report]"


def killing(folder: Path) -> tuple[str, ...]:
    """Arguments of a sweep whose every job is killed once, after its last evaluation and before it says `finished`."""
    (folder / "conf" / "callback").mkdir(parents=True)
    (folder / "conf" / "callback" / "kill.yaml").write_text(KILL)
    quick = (*QUICK, "generator_steps=40", "callbacks.checkpoints.times=4", CALLBACKS)
    return ("-m", "model=gan,lsgan", *quick, f"hydra.searchpath=[file://{folder / 'conf'}]")


def test_a_job_that_was_killed_in_its_last_moments_goes_on(tmp_path: Path) -> None:
    arguments = killing(tmp_path)
    for name in ("0_gan", "1_lsgan"):
        process = start(*arguments, cwd=tmp_path)
        printed, _ = process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL, printed
        (run,) = tmp_path.glob(f"outputs/multirun/*/{name}")
        assert json.loads((run / "summary.json").read_text())["status"] == "running"
        assert checkpoint(run)["counters"]["generator_steps"] == 30
    gan_lab(*arguments, cwd=tmp_path)
    assert [run.name for run in sorted(finished(tmp_path))] == ["0_gan", "1_lsgan"]
    for run in finished(tmp_path):
        assert checkpoint(run)["counters"]["generator_steps"] == 40
        assert json.loads((run / "summary.json").read_text())["measures"].keys() == {"best", "last", "raw", "floor"}


def test_a_worker_that_dies_fails_its_jobs_alone(tmp_path: Path) -> None:
    arguments = (*killing(tmp_path), "hydra/launcher=joblib", "hydra.launcher.n_jobs=2")
    said = ended(program(*arguments, cwd=tmp_path), status=1)
    assert "runs failed; the same command tries them again" in said
    assert "Traceback" not in said
    for _ in range(2):  # a worker may have died before the other job came as far
        process = program(*arguments, cwd=tmp_path)
        process.communicate(timeout=120)
    assert process.returncode == 0
    assert len(finished(tmp_path)) == 2


def test_the_same_sweep_twice_at_once_trains_each_job_once(tmp_path: Path) -> None:
    arguments = ("-m", "model=gan,lsgan", *QUICK, "generator_steps=100")
    both = [start(*arguments, cwd=tmp_path) for _ in range(2)]
    printed = [process.communicate(timeout=240)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], printed
    assert "".join(printed).count("waiting until it has ended") == 1
    assert sorted(said.count("not run again") for said in printed) == [0, 2]
    for run in jobs(tmp_path):
        assert [int(row["generator_steps"]) for row in metrics(run)] == [20, 40, 50, 60, 80, 100]


def test_a_sweep_of_sweeps_is_refused(tmp_path: Path) -> None:
    said = gan_lab("-m", "experiment=sweep_sigma,sweep_lambda", cwd=tmp_path, status=1)
    assert "experiment=sweep_sigma is many runs itself: give it alone" in said
    assert "experiment=table is many runs itself" in gan_lab("-m", "experiment=gan_n1,table", cwd=tmp_path, status=1)
    assert not list(tmp_path.glob("outputs/multirun/*/*"))

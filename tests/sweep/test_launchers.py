"""The launchers that run jobs side by side, as far as one machine goes: joblib, submitit_local, Ray."""

import json
import pickle
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from gan_lab.errors import GanLabError, SamplingBudgetError
from tests.commands import (
    QUICK,
    checkpoint,
    differences,
    ended,
    environment,
    many,
    metrics,
    program,
    run_folders,
    start,
)

JOBS = [(model, devices) for model in ("gan", "wgan") for devices in (1, 2)]
SHORT = (
    *(*QUICK, "generator_steps=10", "callbacks.point_samples.times=1"),
    *("+callbacks.dump._target_=tests.processes.DumpRank", "+callbacks.dump.folder=${run_dir}/ranks"),
)


def ranks(run: Path) -> list[dict[str, object]]:
    """What each process of a run saw and ended with."""
    return [torch.load(path, weights_only=True) for path in sorted(run.glob("ranks/rank_*.pt"))]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same jobs, each by a command of its own."""
    cwd = tmp_path_factory.mktemp("alone")
    done = many([[f"model={model}", f"trainer.devices={devices}", *SHORT] for model, devices in JOBS], cwd)
    assert [run["status"] for run in done] == [0] * len(JOBS), done
    return [run for number in range(len(JOBS)) for run in run_folders(cwd / str(number))]


@pytest.mark.slow
@pytest.mark.xdist_group("launchers")
@pytest.mark.parametrize(
    ("launcher", "options"),
    [
        ("joblib", ("hydra.launcher.n_jobs=2",)),
        ("submitit_local", ("hydra.sweeper.max_batch_size=2",)),
        pytest.param("ray", ("hydra.launcher.ray.init.num_cpus=2",), marks=pytest.mark.nightly),  # takes minutes
    ],
)
def test_jobs_side_by_side_train_what_they_train_alone(
    tmp_path: Path, alone: list[Path], launcher: str, options: tuple[str, ...]
) -> None:
    """On one and on two devices each: a job that met another one's process would have other numbers, or too many."""
    sweep = ("-m", f"hydra/launcher={launcher}", *options, "model=gan,wgan", "trainer.devices=1,2", *SHORT)
    printed = ended(program(*sweep, cwd=tmp_path))
    assert "%|" not in printed, "bars of jobs that run at once garble each other"
    assert "schema" not in printed
    runs = run_folders(tmp_path)
    assert [run.name for run in runs] == ["0_gan", "1_gan", "2_wgan", "3_wgan"]
    for run, single, (model, devices) in zip(runs, alone, JOBS, strict=True):
        summary = json.loads((run / "summary.json").read_text())
        assert (summary["variant"], summary["machine"]["processes"]) == (model, devices)
        assert len(ranks(run)) == devices
        assert differences(ranks(run), ranks(single)) == []


@pytest.mark.parametrize(
    ("launcher", "extra"), [("submitit_local", "slurm"), ("submitit_slurm", "slurm"), ("ray", "ray")]
)
def test_a_launcher_that_is_not_installed(tmp_path: Path, launcher: str, extra: str) -> None:
    package = f"hydra_plugins.hydra_{launcher.partition('_')[0]}_launcher"
    code = f"import sys; sys.modules[{package!r}] = None; from gan_lab.__main__ import main; main()"
    arguments = ["-m", f"hydra/launcher={launcher}", "seed=1,2"]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 1
    assert (
        done.stderr
        == f"gan_lab: this launcher is not installed: pip install '.[{extra}]' in the folder of the source\n"
    )
    assert not list(tmp_path.iterdir())


def test_errors_reach_the_process_of_the_sweep() -> None:
    """A job's error is pickled on its way there, and one that could not be unpickled would end the whole sweep."""
    error = SamplingBudgetError("drs", wanted=10, accepted=1, proposed=100, hint="train longer")
    arrived = pickle.loads(pickle.dumps(error))
    assert isinstance(arrived, GanLabError)
    assert str(arrived) == str(error)


@pytest.mark.slow
def test_jobs_of_joblib_end_with_the_sweep_and_the_same_command_goes_on(tmp_path: Path) -> None:
    """SIGKILL gives the sweep no chance to end its workers: these must notice, save and go."""
    arguments = ("-m", "hydra/launcher=joblib", "hydra.launcher.n_jobs=2", "model=gan", "seed=1,2", *QUICK)
    sweep = program(*arguments, "generator_steps=400", cwd=tmp_path)
    jobs = tmp_path / "outputs" / "multirun"
    while len(list(jobs.glob("*/*/checkpoints/last.ckpt"))) < 2:
        assert sweep.poll() is None, sweep.communicate()
        time.sleep(0.2)
    sweep.kill()
    sweep.communicate(timeout=120)  # the pipe closes when the last worker has gone
    runs = run_folders(tmp_path)
    assert [json.loads((run / "summary.json").read_text())["status"] for run in runs] == ["interrupted"] * 2
    ended(program(*arguments, "generator_steps=400", cwd=tmp_path))
    assert run_folders(tmp_path) == runs
    for run in runs:
        assert checkpoint(run)["counters"]["generator_steps"] == 400
        steps = [int(row["generator_steps"]) for row in metrics(run)]
        assert steps == sorted(set(steps))


@pytest.mark.slow
@pytest.mark.xdist_group("launchers")
def test_a_preempted_job_of_submitit_saves_and_goes_on_where_it_was(tmp_path: Path) -> None:
    """submitit queues it again with the same arguments: in the same folder, from a checkpoint of that very moment."""
    preempted = (
        *("+callbacks.preempt._target_=tests.processes.PreemptOnce", "+callbacks.preempt.after=7"),
        "+callbacks.preempt.file=${run_dir}/begun",
    )
    job = ("-m", "model=gan", "seed=3", *QUICK, "generator_steps=20", "callbacks.checkpoints.times=1")
    ended(program(*job, "hydra/launcher=submitit_local", *preempted, cwd=tmp_path))
    ended(start(*job, "hydra.sweep.dir=whole", cwd=tmp_path))
    (run,) = run_folders(tmp_path)
    assert (run / "begun").read_text().split() == ["0", "8"], "the round in which the signal came is finished"
    steps = [int(row["generator_steps"]) for row in metrics(run)]
    assert steps == sorted({*steps})
    assert differences(checkpoint(run)["state_dict"], checkpoint(tmp_path / "whole" / "0_gan")["state_dict"]) == []
    assert json.loads((run / "summary.json").read_text())["status"] == "finished"

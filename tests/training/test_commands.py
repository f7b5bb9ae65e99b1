"""The command line as a user types it: what works, and what is refused in one sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import (
    QUICK,
    REPOSITORY,
    checkpoint,
    ended,
    environment,
    gan_lab,
    many,
    metrics,
    program,
    run_folders,
)
from tests.wandb_records import records


def test_help_needs_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['gan_lab', '--help']\n"
        "from gan_lab.__main__ import main\n"
        "main()\n"
        "assert 'torch' not in sys.modules and 'lightning' not in sys.modules, 'heavy'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for word in ("model: began, bwgan", "gmgan_dynamic", "wgan_gp", "resume=", "data=mnist"):
        assert word in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_console_script_completes() -> None:
    script = Path(sys.executable).with_name("gan-lab")
    line = "gan-lab model=gmgan_d"
    done = subprocess.run(
        [script, "-sc", "query=bash"],
        env=environment(COMP_LINE=line, COMP_POINT=str(len(line))),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["model=gmgan_dynamic"], done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentences"),
    [
        (("model=typo",), ("model=typo", "gmgan_dynamic", "wgan_gp")),
        (("model.n_critics=3",), ("n_critics", "did you mean model.n_critic?")),
        (("learning_rate=3",), ("learning_rate", "did you mean optimizer.lr=3?")),
    ],
)
def test_mistakes_in_the_configuration(tmp_path: Path, arguments: tuple[str, ...], sentences: tuple[str, ...]) -> None:
    printed = ended(program(*arguments, cwd=tmp_path), status=1)
    assert "Traceback" not in printed
    assert all(sentence in printed for sentence in sentences), printed


REFUSED = [
    (("model.n_critic=abc",), "model.n_critic is 'abc' and must be a whole number"),
    (("model.critic.norm=batch",), "batch norm in the critic"),
    (("model.generator.latent_dim=7",), "model.generator.latent_dim cannot be set"),
    (("trainer.gradient_clip_val=1",), "trainer.gradient_clip_val"),
    (("trainer.precision=16-mixed",), "trainer.precision is '16-mixed' and must be one of"),
    (("trainer.cuda_graph=true", "trainer.accelerator=cpu"), "trainer.cuda_graph=true needs an NVIDIA GPU"),
    (("+trainer.max_steps=9",), "did you mean generator_steps=9?"),
    (("trainer.strategy=fsdp",), "trainer.strategy is 'fsdp' and must be one of"),
    (("optimizer.lr=-1", "logger=wandb"), "optimizer.lr is -1 and must be a number above 0"),
    (("model.critic.hidden=[]",), "must be a list of one or more values"),
    (("callbacks.image_samples.rows=0",), "callbacks.image_samples.rows is 0 and must be a whole number of 1 or more"),
    (("trainer.devices=banana",), "trainer.devices is 'banana' and must be"),
    (("epochs=0",), "epochs is 0 and must be a number above 0"),
    (("generator_steps=ten",), "generator_steps is 'ten'"),
    (("data.batch_size=100000",), "100000"),
    (("data=mnist", "data.root=nowhere"), "data=digits"),
    (("model=gmgan_static", "data=swiss_roll"), "labels"),
    (("resume=nowhere",), "nothing to resume"),
    (("experiment=table",), "runs: start it with python -m gan_lab -m experiment=table"),
]


@pytest.mark.slow
def test_what_cannot_be_right_is_refused(tmp_path: Path) -> None:
    """One sentence, no traceback, a non-zero status, and nothing left behind: no run folder, no W&B run."""
    results = many([arguments for arguments, _ in REFUSED], tmp_path)
    for (arguments, sentence), result in zip(REFUSED, results, strict=True):
        said = result["said"]
        assert result["status"] == 1, (arguments, said)
        assert said.startswith("gan_lab: "), (arguments, said)
        assert sentence in said, (arguments, said)
        assert len(said.splitlines()) == 1, (arguments, said)
        left = [path for path in Path(result["folder"]).rglob("*") if path.is_file() and "cache" not in path.parts]
        assert left == [], arguments


@pytest.mark.slow
def test_a_run_folder_explains_itself(tmp_path: Path) -> None:
    printed = gan_lab(
        *("model=wgan_gp", "generator_steps=8", "metric=pixels", "callbacks.terms.every=2", "logger=tensorboard"),
        "callbacks.evaluation.steps_apart=2",
        cwd=tmp_path,
    )
    (run,) = run_folders(tmp_path)
    assert f"run folder: {run.relative_to(tmp_path)}" in printed
    assert f"report: {run.relative_to(tmp_path)}/report.html" in printed
    for word in ("This run trains wgan_gp on digits", "8 generator steps", "best (step 8)", "real (floor)"):
        assert word in printed
    for word in ("fid ↓", "precision_k3 ↑", "recall_k3 ↑", f"gan_lab.evaluate {run.relative_to(tmp_path)}"):
        assert word in printed
    assert "kid" not in printed, "what matters less is in a file"
    assert "| kid ↓ |" in (run / "measures.md").read_text()
    files = {str(path.relative_to(run)) for path in run.rglob("*") if path.is_file()}
    assert files >= {
        *("config.yaml", "metrics.csv", "summary.json", "measures.md", "figures/terms.png", "figures/measures.png"),
        "report.html",
        *("checkpoints/last.ckpt", "checkpoints/best.ckpt", "samples/training.gif"),
        *(f"samples/step_{step:06d}.png" for step in range(9)),
    }
    assert list(run.glob("tensorboard/events*"))
    rows = metrics(run)
    assert [int(row["generator_steps"]) for row in rows] == [2, 4, 6, 8]
    assert [int(row["images_seen"]) for row in rows] == [640, 1280, 1920, 2560]
    for column in (
        *("critic/real", "critic/fake", "critic/gradient_penalty", "critic/wasserstein_estimate"),
        *("critic/score_real", "critic/score_fake", "critic/gradient_norm", "critic/parameter_gradient_norm"),
        *("generator/fake", "generator/parameter_gradient_norm", "fid", "precision_k3", "recall_k3"),
    ):
        assert all(row[column] for row in rows), column
    summary = json.loads((run / "summary.json").read_text())
    assert summary["status"] == "finished"
    assert summary["measures"].keys() == {"best", "last", "raw", "floor"}
    assert summary["measures"]["best"]["fid"] == min(float(row["fid"]) for row in rows)
    assert summary["protocol"]["extractor"] == "pixels"
    for name in ("last", "best"):
        saved = checkpoint(run, name)
        assert saved["config"]["model"]["n_critic"] == 5
        assert all(f"average.networks.{part}" in " ".join(saved["state_dict"]) for part in ("generator",))


@pytest.mark.slow
def test_a_multirun_keeps_its_jobs_apart_on_two_devices_and_in_wandb(tmp_path: Path) -> None:
    gan_lab(
        *("-m", "model=gan", "trainer.devices=2,1", "logger=wandb", *QUICK, "generator_steps=10"),
        *("+callbacks.dump._target_=tests.processes.DumpRank", "+callbacks.dump.folder=${run_dir}/ranks"),
        cwd=tmp_path,
    )
    runs = run_folders(tmp_path)
    assert [len(list(run.glob("ranks/*"))) for run in runs] == [2, 1]
    for run in runs:
        assert json.loads((run / "summary.json").read_text())["machine"]["processes"] == len(list(run.glob("ranks/*")))
        (found,) = records(run)
        history = {key: value for row in found.history for key, value in row.items()}
        last = metrics(run)[-1]
        assert history["measure/emd"] == pytest.approx(float(last["emd"]))
        assert history["generator_steps"] == 10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("weight", "the term critic/real is not finite in generator step 31"),
        ("gradient", "the term generator/gradient is not finite in generator step 31"),
    ],
)
def test_a_poisoned_run_stops_and_keeps_its_last_good_checkpoint(tmp_path: Path, what: str, sentence: str) -> None:
    printed = gan_lab(
        *("model=gan", *QUICK, "generator_steps=100", "callbacks.checkpoints.times=100"),
        *("+callbacks.poison._target_=tests.processes.Poison", "+callbacks.poison.step=30"),
        f"+callbacks.poison.what={what}",
        cwd=tmp_path,
        status=1,
    )
    assert sentence in printed
    assert "Traceback" not in printed
    (run,) = run_folders(tmp_path)
    saved = checkpoint(run)
    assert saved["counters"]["generator_steps"] == 30
    assert all(value.isfinite().all() for value in saved["state_dict"].values())
    assert json.loads((run / "summary.json").read_text())["status"] == "failed"


@pytest.mark.slow
def test_a_failing_job_on_two_devices_leaves_the_next_one_alone(tmp_path: Path) -> None:
    """A learning rate of 1e30 diverges at once; the other job of the multirun must still train on both processes."""
    printed = gan_lab(
        *("-m", "model=wgan_gp", "optimizer.lr=1e30,1e-4", "trainer.devices=2", *QUICK, "generator_steps=20"),
        cwd=tmp_path,
        status=1,
    )
    assert "is not finite in generator step" in printed
    states = {run.name[0]: json.loads((run / "summary.json").read_text())["status"] for run in run_folders(tmp_path)}
    assert states == {"0": "failed", "1": "finished"}


@pytest.mark.slow
def test_every_data_set_trains_from_its_command_line(tmp_path: Path) -> None:
    gan_lab("data=grid", "model=gan", "generator_steps=4", "metric.emd_points=100", cwd=tmp_path)
    (run,) = run_folders(tmp_path)
    assert (run / "samples" / "training.gif").is_file()
    assert {"emd", "modes_covered", "high_quality_share"} <= metrics(run)[0].keys()


@pytest.mark.slow
@pytest.mark.mnist
def test_mnist_from_another_directory(tmp_path: Path, mnist_root: Path) -> None:
    gan_lab(
        *("model=wgan_gp", "data=mnist", "generator_steps=2", "callbacks.evaluation.n=200"),
        cwd=tmp_path,
        GAN_LAB_DATA=str(mnist_root.absolute()),
    )
    (run,) = run_folders(tmp_path)
    assert json.loads((run / "summary.json").read_text())["protocol"]["extractor"] == "mnistcnn-v2"


def test_make_lists_its_targets() -> None:
    done = subprocess.run(["make"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    targets = [line.split()[1] for line in done.stdout.splitlines()]
    assert {"help", "train", "test", "test-all", "test-nightly", "check"} <= set(targets)
    assert all(len(line.split()) > 3 for line in done.stdout.splitlines())


def test_nothing_in_the_repository_names_a_place_of_one_machine() -> None:
    """No absolute path of a checkout or of a run."""
    tracked = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    for name in tracked.stdout.split():
        path = REPOSITORY / name
        if path.suffix in {".py", ".yaml", ".toml", ".md", ".txt", ".json", ""} and path.is_file():
            text = path.read_text()
            assert str(REPOSITORY) + os.sep not in text, name

"""The README tells the truth: its commands run, its figures are those of the committed files, its example works."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from gan_lab.conf_dir import CONF_DIR
from tests.commands import environment, gan_lab, metrics, run_folders

REPOSITORY = Path(__file__).parent.parent
TEXT = (REPOSITORY / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [line for language, block in BLOCKS if language == "sh" for line in block.splitlines()]
SHORT = (
    "generator_steps=3",
    "callbacks.evaluation.n=60",
    "callbacks.evaluation.times=1",
    "callbacks.checkpoints.times=1",
)


def test_there_are_commands_to_try() -> None:
    assert len(COMMANDS) > 8
    assert all(command.startswith("python -m gan_lab") for command in COMMANDS)


@pytest.mark.slow
@pytest.mark.parametrize("command", [c for c in COMMANDS if "resume" not in c])
def test_commands_run(command: str, tmp_path: Path) -> None:
    arguments = shlex.split(command)[3:]
    if "--cfg" in arguments:
        assert "n_critic: 5" in gan_lab(*arguments, cwd=tmp_path)
        return
    root = Path(os.environ.get("GAN_LAB_DATA", "data")).absolute()
    if "data=mnist" in arguments and not (root / "MNIST").is_dir():
        pytest.skip("needs GAN_LAB_DATA to point to MNIST")
    small = [*SHORT, "metric.emd_points=50"] if "data=ring" in arguments else SHORT
    gan_lab(*arguments, *small, cwd=tmp_path, GAN_LAB_DATA=str(root))
    expected = 6 if "-m" in arguments else 1
    assert len(run_folders(tmp_path)) == expected
    assert all(metrics(run)[-1]["generator_steps"] == "3" for run in run_folders(tmp_path))


def test_make_targets_exist() -> None:
    for target in re.findall(r"^    make (\w+)$", TEXT, re.MULTILINE):
        done = subprocess.run(["make", "-n", target], cwd=REPOSITORY, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_make_train_passes_its_arguments_on() -> None:
    """`make train` itself, three steps of it, where the tests were started by `make test`."""
    if not (REPOSITORY / ".venv" / ".run").is_file():
        pytest.skip("not set up by make")
    folder = "outputs/tests/make_train"
    arguments = " ".join([*SHORT, f"hydra.run.dir={folder}"])
    done = subprocess.run(
        ["make", "train", f"ARGS={arguments}"],
        cwd=REPOSITORY,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"run folder: {folder}" in done.stdout
    assert "real (floor)" in done.stdout


def test_every_option_is_named() -> None:
    """The table of choices lists every yaml of the groups it shows, and nothing else."""
    for group, cell in re.findall(r"^\| `(\w+)=[^`]*` \| (.*) \|$", TEXT, re.MULTILINE):
        named = set(re.findall(r"`(\w+)`", cell))
        assert named == {path.stem for path in (CONF_DIR / group).glob("*.yaml")}, group


def test_pictures_and_files_it_names_exist() -> None:
    for path in re.findall(r"\((outputs/[^)]+)\)", TEXT) + re.findall(r"`(outputs/reference/[\w./-]+)`", TEXT):
        assert (REPOSITORY / path).exists(), path


def results() -> list[str]:
    """The results table, from the committed run folders."""
    lines = [
        "| run | epochs | minutes | FID (floor) | KID (floor) | precision (floor) | recall (floor) |",
        "|---|" + "---:|" * 6,
    ]
    for path in sorted((REPOSITORY / "outputs" / "reference").glob("*/summary.json")):
        run = json.loads(path.read_text())
        best, floor = run["measures"]["best"], run["measures"]["floor"]
        train = {"digits": 997, "mnist": 50_000}[run["dataset"]]
        cells = [
            f"[`model={run['variant']} data={run['dataset']}`](outputs/reference/{path.parent.name})",
            f"{run['images_seen'] / train:.0f}",
            f"{run['seconds'] / 60:.1f}",
            f"{best['fid']:.2f} ({floor['fid']:.2f})",
            f"{best['kid']:.4f} ({floor['kid']:.4f})",
            *(f"{best[key]:.2f} ({floor[key]:.2f})" for key in ("precision_k3", "recall_k3")),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def test_results_are_those_of_the_committed_runs() -> None:
    expected = "\n".join(results())
    assert expected in TEXT, f"the table should be\n{expected}"


@pytest.mark.slow
def test_the_example_of_a_new_loss_and_a_new_mix_works(tmp_path: Path) -> None:
    """Following the README alone: the files it shows, put where it says, in a copy of the house."""
    for part in ("gan_lab", "conf"):
        subprocess.run(["cp", "-r", REPOSITORY / part, tmp_path / part], check=True)
    python = next(block for language, block in BLOCKS if language == "python" and "LeastSquares" in block)
    imports = (
        "from typing import final\nimport torch\nfrom torch import Tensor\n"
        "from gan_lab.loss.base import AdversarialLoss, judged_real\nfrom gan_lab.types import Contest, Terms\n"
    )
    (tmp_path / "gan_lab" / "loss" / "least_squares.py").write_text(imports + python)
    for language, block in BLOCKS:
        if language == "yaml":
            (tmp_path / block.splitlines()[1].split()[1]).write_text(block)
    gan_lab("model=wgan_gp_mixture", "loss=least_squares", *SHORT, cwd=tmp_path)
    (run,) = run_folders(tmp_path)
    assert run.parent.name == "wgan_gp_mixture"
    for part in ("gan_lab.loss.least_squares.LeastSquares", "GaussianMixture"):
        assert part in (run / "config.yaml").read_text()

"""The README tells the truth: its commands run, its figures are those of the committed files, its example works."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gan_lab.cli.conf_dir import CONF_DIR
from gan_lab.reference.pages import MARKED, PARTS, filled, page
from gan_lab.reference.sampler_page import tables
from gan_lab.sweep.jobs import read_jobs
from tests.commands import ended, environment, gan_lab, many, metrics, program, run_folders

REPOSITORY = Path(__file__).parent.parent
TEXT = (REPOSITORY / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [line for language, block in BLOCKS if language == "sh" for line in block.splitlines()]
SHORT = (
    "generator_steps=3",
    "callbacks.evaluation.n=60",
    "callbacks.evaluation.times=1",
    "callbacks.checkpoints.times=1",
    "~callbacks.figures",
)

PROCESSES = {"trainer.devices=2", "hydra/launcher=joblib"}
"""Start other processes with their own command line or of their module, so they need one of their own."""
SMALL = {
    "evaluate": ("n=60",),
    "sensitivity": ("sizes=[40,80]", "ks=[1,3]"),
    "explain": ("figures=[js_and_emd,gradients]",),
    "extractor": ("epochs=1",),
    "sample": ("n=20",),
    "compare": (),
    "dashboard": (),
}
"""What makes the other commands short."""


def words(command: str) -> tuple[str, list[str]]:
    """`python -m gan_lab.evaluate a=b` as ("evaluate", ["a=b"]); training is ""."""
    _, _, module, *arguments = shlex.split(command)
    return module.removeprefix("gan_lab").removeprefix("."), arguments


def test_there_are_commands_to_try() -> None:
    assert len(COMMANDS) > 14
    assert all(command.startswith("python -m gan_lab") for command in COMMANDS)
    assert {words(command)[0] for command in COMMANDS} == {"", *SMALL}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each command said, most of them run in one process: training first, then what looks at a run of it."""
    folder = tmp_path_factory.mktemp("readme")
    root = Path(os.environ.get("GAN_LAB_DATA", "data")).absolute()
    first = gan_lab("model=wgan_gp", *SHORT, cwd=folder, GAN_LAB_DATA=str(root))
    assert "run folder" in first
    (run,) = run_folders(folder)
    images = folder / "images"
    images.mkdir()
    for number in range(60):
        Image.new("L", (28, 28), number).save(images / f"{number}.png")
    lines = {}
    for command in COMMANDS:
        module, arguments = words(command)
        recipe = any(argument.startswith("experiment=") for argument in arguments)
        mnist = "data=mnist" in arguments or (recipe and "data=digits" not in arguments)
        if PROCESSES & {*arguments} or (mnist and not (root / "MNIST").is_dir()):
            continue
        small = SMALL.get(module, SHORT)
        if any(argument.startswith("experiment=search") for argument in arguments):
            small = (*SHORT, "hydra.sweeper.n_trials=2")
        if "--cfg" in arguments or any(argument.startswith("resume=") for argument in arguments):
            small = ()
        text = " ".join([*([module] if module else []), *arguments, *small])
        if any(argument.startswith("resume=") for argument in arguments):
            text += " generator_steps=4"
        text = text.replace("outputs/wgan_gp/DATE_TIME", str(run)).replace("FOLDER", str(images))
        text = text.replace("outputs/multirun/NAME", str(run))
        lines[command] = text.split()
        if "data=ring" in arguments:
            lines[command].append("metric.emd_points=50")
    results = many([*lines.values()], folder, GAN_LAB_DATA=str(root))
    return dict(zip(lines, results, strict=True))


@pytest.mark.slow
@pytest.mark.xdist_group("readme")
@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run(command: str, answers: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    module, arguments = words(command)
    if PROCESSES & {*arguments}:
        ended(program(*arguments, *SHORT, cwd=tmp_path))
        check_runs(tmp_path)
        return
    if command not in answers:
        pytest.skip("needs GAN_LAB_DATA to point to MNIST")
    answer = answers[command]
    assert answer["status"] == 0, answer["said"]
    folder = Path(answer["folder"])
    if "--cfg" in arguments:
        assert "n_critic: 5" in answer["said"]
    elif module == "compare":
        assert "1 run: " in answer["said"]
    elif not module and not any(argument.startswith("resume=") for argument in arguments):
        check_runs(folder)
    elif module:
        assert [path for path in folder.rglob("*.json") if path.stat().st_size > 100], "it writes what it found"


def check_runs(folder: Path) -> None:
    """One run, or all jobs of a sweep and their comparison, trained to their end."""
    runs = run_folders(folder)
    for sweep in folder.glob("outputs/multirun/*"):
        assert [run.name for run in runs] == sorted(job["folder"] for job in read_jobs(sweep))
        assert (sweep / "compare.html").is_file()
    assert len(runs) > 1 or not list(folder.glob("outputs/multirun/*"))
    assert all(metrics(run)[-1]["generator_steps"] == "3" for run in runs)


def test_make_targets_exist() -> None:
    for target in re.findall(r"(?:^    |`)make ([\w-]+)", TEXT, re.MULTILINE):
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
    for group, cell in re.findall(r"^\| `(\w+)=(?:\[\.\.\.\])?` \| (.*) \|$", TEXT, re.MULTILINE):
        named = set(re.findall(r"`(\w+)`", cell))
        assert named == {path.stem for path in (CONF_DIR / group).glob("*.yaml")}, group


def test_pictures_and_files_it_names_exist() -> None:
    for path in re.findall(r"\((outputs/[^)]+)\)", TEXT) + re.findall(r"`(outputs/reference/[\w./-]+)`", TEXT):
        assert (REPOSITORY / path).exists(), path


@pytest.mark.slow
def test_results_are_those_of_the_committed_files() -> None:
    assert [found[1] for found in MARKED.findall(TEXT)] == [*PARTS], "marks of the parts, in this order"
    assert filled(TEXT) == TEXT, "python -m gan_lab.reference pages writes them anew"
    assert (REPOSITORY / "outputs" / "reference" / "README.md").read_text() == page()


def test_every_variant_is_in_the_table_of_costs() -> None:
    costs = json.loads((REPOSITORY / "outputs" / "reference" / "benchmark_variants.json").read_text())
    assert costs["variants"].keys() == {path.stem for path in (CONF_DIR / "model").glob("*.yaml")}


def test_the_samplers_tables_are_those_of_the_committed_evaluations() -> None:
    folder = REPOSITORY / "outputs" / "reference" / "samplers"
    found = json.loads((folder / "samplers.json").read_text())
    assert tables(found) == (folder / "tables.md").read_text()


def test_chains_cost_what_their_networks_do() -> None:
    found = json.loads((REPOSITORY / "outputs" / "reference" / "benchmark_chains.json").read_text())["seconds"]
    assert f"{max(way['times_ours'][0] for way in found.values()):.2f} times its bare network evaluations" in TEXT


@pytest.mark.slow
def test_the_example_of_a_new_loss_and_a_new_mix_works(tmp_path: Path) -> None:
    """Following the README alone: the files it shows, put where it says, in a copy of the house."""
    for part in ("gan_lab", "conf"):
        subprocess.run(["cp", "-r", REPOSITORY / part, tmp_path / part], check=True)
    python = next(block for language, block in BLOCKS if language == "python" and "BoundarySeeking" in block)
    imports = (
        "from typing import final\n"
        "from gan_lab.loss.cross_entropy import CrossEntropy\nfrom gan_lab.types import Contest, Terms\n"
    )
    (tmp_path / "gan_lab" / "loss" / "boundary_seeking.py").write_text(imports + python)
    for language, block in BLOCKS:
        if language == "yaml":
            (tmp_path / block.splitlines()[1].split()[1]).write_text(block)
    ended(program("model=wgan_gp_mixture", "loss=boundary_seeking", *SHORT, cwd=tmp_path))
    (run,) = run_folders(tmp_path)
    assert run.parent.name == "wgan_gp_mixture"
    for part in ("gan_lab.loss.boundary_seeking.BoundarySeeking", "GaussianMixture"):
        assert part in (run / "config.yaml").read_text()

"""The README can be read in one sitting, its examples work, and its figures are those of the committed files."""

import json
import subprocess
from pathlib import Path

import pytest

from gan_lab.reference.sampler_page import tables
from gan_lab.trust.targets import CONF_DIR
from tests.commands import ended, environment, program, run_folders
from tests.documents import README, REPOSITORY, SHORT, TEXTS, blocks

TEXT = TEXTS[README]
RECIPES = TEXTS[CONF_DIR / "experiment" / "README.md"]
SAMPLERS = TEXTS[REPOSITORY / "gan_lab" / "sampler" / "README.md"]


def test_it_is_one_sitting() -> None:
    assert len(TEXT.splitlines()) <= 200


@pytest.mark.slow
def test_make_train_passes_its_arguments_on() -> None:
    """`make train` itself, three steps of it, where the tests were started by `make test`."""
    if not (REPOSITORY / ".venv" / ".installed").is_file():
        pytest.skip("not set up by make")
    folder = "outputs/tests/make_train"
    arguments = " ".join([*SHORT, f"hydra.run.dir={folder}", "overwrite=true"])  # of an earlier test, too
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


def test_every_variant_is_in_the_table_of_costs() -> None:
    costs = json.loads((REPOSITORY / "outputs" / "reference" / "benchmark_variants.json").read_text())
    assert costs["variants"].keys() == {path.stem for path in (CONF_DIR / "model").glob("*.yaml")}


def test_the_samplers_tables_are_those_of_the_committed_evaluations() -> None:
    folder = REPOSITORY / "outputs" / "reference" / "samplers"
    found = json.loads((folder / "samplers.json").read_text())
    assert tables(found) == (folder / "tables.md").read_text()


def test_chains_cost_what_their_networks_do() -> None:
    found = json.loads((REPOSITORY / "outputs" / "reference" / "benchmark_chains.json").read_text())["seconds"]
    assert f"{max(way['times_ours'][0] for way in found.values()):.2f} times its bare network evaluations" in SAMPLERS


@pytest.mark.slow
def test_the_examples_of_a_new_loss_a_new_mix_and_a_new_recipe_work(tmp_path: Path) -> None:
    """Following the documents alone: the files that they show, put where they say, in a copy of the house."""
    for part in ("gan_lab", "conf"):
        subprocess.run(["cp", "-r", REPOSITORY / part, tmp_path / part], check=True)
    (python,) = [block for block in blocks(TEXT, "python") if "class BoundarySeeking" in block]
    imports = (
        "from typing import final\n"
        "from gan_lab.loss.cross_entropy import CrossEntropy\nfrom gan_lab.types import Contest, Terms\n"
    )
    (tmp_path / "gan_lab" / "loss" / "boundary_seeking.py").write_text(imports + python)
    for block in (*blocks(TEXT, "yaml"), *blocks(RECIPES, "yaml")):
        (tmp_path / block.splitlines()[1].split()[1]).write_text(block)
    chosen = ("experiment=my_recipe", "model=wgan_gp_mixture", "loss=boundary_seeking", "data=digits")
    ended(program(*chosen, *SHORT, cwd=tmp_path))
    (run,) = run_folders(tmp_path)
    assert run.parent.name == "wgan_gp_mixture"
    for part in ("gan_lab.loss.boundary_seeking.BoundarySeeking", "GaussianMixture", "DCGAN", "n_critic: 2"):
        assert part in (run / "config.yaml").read_text()

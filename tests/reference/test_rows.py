"""The rows are all recipes and all models, and each trains something of its own."""

from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from gan_lab.reference.row_settings import row_of, same, wanted_settings
from gan_lab.reference.rows import REPORTED, compared, on_fashion, rows, seeds
from gan_lab.reference.table_runs import cells
from gan_lab.trust.targets import CONF_DIR
from tests.commands import gan_lab


def test_every_recipe_and_every_model_is_a_row() -> None:
    others = {"documents", "methods", "table"}
    recipes = {
        path.stem
        for path in (CONF_DIR / "experiment").glob("*.yaml")
        if path.stem not in others
        and not path.stem.startswith(("sweep_", "search", "few_images", "study"))
        and not path.stem.endswith(("_paper", "_cifar10"))
    }
    own = {"unrolled", "flow_matching"}  # have unrolled_3_epochs and flow_mnist
    models = {path.stem for path in (CONF_DIR / "model").glob("*.yaml")} - own
    lines: set[tuple[str, ...]] = {(f"experiment={name}",) for name in recipes}
    lines |= {("experiment=methods", f"model={name}") for name in models}
    listed = [line for line in rows().values() if "data=fashion_mnist" not in line]
    assert {*listed} == lines
    assert len(listed) == len(lines), "two rows have one name"
    clothes = {name.removesuffix("_fashion_mnist") for name in rows() if on_fashion(name)}
    few = {path.stem for path in (CONF_DIR / "experiment").glob("few_images*.yaml")}
    assert few < clothes
    assert len(clothes - few) >= 6
    assert clothes - few < rows().keys(), "each has its row on digits"
    assert rows().keys() >= REPORTED.keys()


def test_what_is_compared_has_three_seeds() -> None:
    for name in ("best_mnist", "gan_n2", "gan", "wgan_gp", "mmgan", "gmgan_static", "gan_d200"):
        assert compared(name), name
        assert seeds(name) == (1, 2, 3)
    for name in ("hinge", "lsgan", "began"):
        assert not compared(name), name
        assert seeds(name) == (1,)
    assert compared("tuned_wgan"), "as the row that it belongs to"
    assert not compared("tuned_began")
    assert seeds("tuned_wgan") == (1,), "what a search found is trained once"


def test_first_seeds_come_first() -> None:
    assert cells(["gan", "hinge"], None) == [("gan", 1), ("hinge", 1), ("gan", 2), ("gan", 3)]
    assert cells(["gan", "hinge"], [3, 1]) == [("gan", 1), ("hinge", 1), ("gan", 3), ("hinge", 3)]


@pytest.mark.slow
def test_no_two_rows_train_the_same() -> None:
    wanted = wanted_settings()
    for name, settings in wanted.items():
        assert row_of(settings, wanted) == name


def test_a_new_option_is_no_difference_but_a_value_and_a_part_are() -> None:
    settings = {"epochs": 20, "model.loss._target_": "Loss", "model.n_critic": 1}
    assert same(settings, settings | {"model.packing": 1})
    assert not same(settings, settings | {"model.n_critic": 2})
    assert not same(settings, settings | {"model.penalties.r1._target_": "R1"})


@pytest.mark.slow
def test_a_sweep_of_rows_runs_each_with_its_own_overrides(tmp_path: Path) -> None:
    quick = ("data=digits", "generator_steps=2", "callbacks.evaluation.n=60", "callbacks.evaluation.times=1")
    listed = "hydra.sweeper.experiments=[gan_n2,'methods model=hinge']"
    arguments: tuple[Any, ...] = ("-m", "experiment=table", "seed=1,2", listed, *quick)
    said = gan_lab(*arguments, cwd=tmp_path)
    assert "4 of 4 runs done" in said
    configs = [OmegaConf.load(path) for path in tmp_path.glob("outputs/multirun/*/*/config.yaml")]
    found = {(c.variant, c.model.n_critic, c.seed, c.model.generator.norm) for c in configs}
    assert found == {(v, n, s, norm) for v, n, norm in (("gan", 2, "none"), ("hinge", 1, "batch")) for s in (1, 2)}
    assert gan_lab(*arguments, cwd=tmp_path).count("not run again") == 4

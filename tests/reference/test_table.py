"""The table of all rows: complete, of distinct rows, and what the committed files give."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from omegaconf import OmegaConf
from PIL import Image

from gan_lab.cli.conf_dir import CONF_DIR
from gan_lab.reference.row_figures import MIXTURES, TITLES, VARIETY, bars, column_of, draw, drawable, figures, sweep
from gan_lab.reference.row_records import MEASURES, Record, current, digest, read_records, write_curves
from gan_lab.reference.rows import REPORTED, TUNED, Settings, row_of, rows, same, seeds, wanted_settings
from gan_lab.reference.run import collect
from gan_lab.reference.sheet import LINE, WORDS, sheet
from gan_lab.reference.table_page import best, text
from tests.commands import gan_lab

CLUSTERS = {"cluster_accuracy", "separation"}
"""What only models with components or classes have."""
FOLDER = Path(__file__).parent.parent.parent / "outputs" / "reference" / "table"
REFERENCE = FOLDER.parent


@pytest.fixture(scope="module")
def wanted() -> dict[str, Settings]:
    return wanted_settings()


def test_every_recipe_and_every_model_is_a_row() -> None:
    others = {"documents", "methods", "table"}
    recipes = {
        path.stem
        for path in (CONF_DIR / "experiment").glob("*.yaml")
        if path.stem not in others and not path.stem.startswith(("sweep_", "search"))
    }
    models = {path.stem for path in (CONF_DIR / "model").glob("*.yaml")}
    lines: set[tuple[str, ...]] = {(f"experiment={name}",) for name in recipes}
    lines |= {("experiment=methods", f"model={name}") for name in models}
    assert {*rows().values()} == lines
    assert len(rows()) == len(lines), "two rows have one name"
    assert rows().keys() >= REPORTED.keys()


def test_figures_are_of_rows_and_have_titles() -> None:
    assert {row for of, _ in figures().values() for row in of} <= rows().keys()
    assert TITLES.keys() == figures().keys()


@pytest.mark.slow
def test_no_two_rows_train_the_same(wanted: dict[str, Settings]) -> None:
    for name, settings in wanted.items():
        assert row_of(settings, wanted) == name


@pytest.mark.slow
def test_committed_records_are_of_the_rows_as_they_are_now(wanted: dict[str, Settings]) -> None:
    assert current(FOLDER, wanted)[1] == []


def test_committed_records_are_of_one_protocol_and_have_their_files() -> None:
    records = read_records(FOLDER)
    assert len({json.dumps(record["protocol"]["test"], sort_keys=True) for record in records}) == 1
    assert len({tuple(record) for record in records}) == 1, "some lack what others have"
    assert all({*MEASURES} - record["measures"]["test"].keys() <= CLUSTERS for record in records)
    for record in records:
        assert record["protocol"]["test"]["split"] == "test"
        assert record["config_hash"] == digest(record["config"])
        if record["seed"] == 1:
            assert (FOLDER / f"{record['row']}.png").is_file()
            assert (FOLDER / f"{record['row']}-seed1.csv").is_file()
    assert {path.stem for path in (FOLDER / "searches").iterdir()} == {*TUNED}, "what was tried for each row of ours"


def test_a_new_option_is_no_difference_but_a_value_and_a_part_are() -> None:
    settings = {"epochs": 20, "model.loss._target_": "Loss", "model.n_critic": 1}
    assert same(settings, settings | {"model.packing": 1})
    assert not same(settings, settings | {"model.n_critic": 2})
    assert not same(settings, settings | {"model.penalties.r1._target_": "R1"})


def test_curves_are_means_and_measures_stay_as_they_were(tmp_path: Path) -> None:
    with (tmp_path / "metrics.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["generator_steps", "images_seen", "seconds", "critic/loss", "fid", "precision_k3", "recall_k3"]
        )
        for step in range(1, 401):
            measured = [1000 - step, 0.5, 0.25] if step % 100 == 98 else ["", "", ""]
            writer.writerow([step, 64 * step, step / 4, step % 2, *measured])
    write_curves(tmp_path / "metrics.csv", tmp_path / "curves.csv")
    with (tmp_path / "curves.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    steps = [step - 2 if step % 100 == 0 else step for step in range(10, 401, 10)]
    assert [int(line["generator_steps"]) for line in lines] == steps
    assert [float(line["seconds"]) for line in lines] == [step / 4 for step in steps]
    assert {(line["critic/loss"], line["critic/loss_std"]) for line in lines} == {("0.5", "0.5")}
    fids = {int(line["generator_steps"]): float(line["fid"]) for line in lines if line["fid"]}
    assert fids == {98: 902, 198: 802, 298: 702, 398: 602}
    (tmp_path / "curves.csv").rename(tmp_path / "gan-seed1.csv")
    assert column_of(tmp_path, "gan", "fid") == ([98, 198, 298, 398], [902, 802, 702, 602])
    with (tmp_path / "gan-seed1.csv").open("a") as file:
        file.write("400,,,1.0,,,,\n")
    ends = [*range(10, 401, 10), 400]
    assert column_of(tmp_path, "gan", "critic/loss")[0] == ends, "not where the part was measured"


def test_bars_and_sweeps_show_the_mean_and_every_seed() -> None:
    records = [kept(row, seed, 10.0 * seed) for row in MIXTURES for seed in (1, 2, 3)][:-1]
    axis = bars(MIXTURES, records, FOLDER).axes[0]
    assert [patch.get_height() for patch in axis.patches] == [20, 20, 20, 20, 15]  # type: ignore[attr-defined]
    assert sorted(axis.lines[-1].get_ydata()) == [10] * 5 + [20] * 5 + [30] * 4  # type: ignore[arg-type,type-var]
    means, seen = sweep("K", {"gan_d200": 10, "gmgan_dynamic": 20}, records, FOLDER).axes[0].lines
    assert [*means.get_ydata()] == [20, 15]  # type: ignore[misc]
    assert [*seen.get_xdata()] == [10, 10, 10, 20, 20]  # type: ignore[misc]
    assert len(bars(MIXTURES, records, FOLDER).axes) == len(VARIETY)


@pytest.mark.slow
def test_every_figure_can_be_drawn_from_the_committed_files(tmp_path: Path) -> None:
    for curve in FOLDER.glob("*.csv"):
        shutil.copy(curve, tmp_path)
    records = read_records(FOLDER)
    assert draw(records, tmp_path) == drawable(records)
    assert {path.stem for path in (tmp_path / "figures").iterdir()} == {*drawable(records)}
    assert {*drawable(records), "rows"} == {path.stem for path in (FOLDER / "figures").iterdir()}


def run_folder(run: Path, n_critic: int, status: str = "finished", precision: str = "32-true", seed: int = 1) -> None:
    """What training and evaluating leave behind."""
    measures = dict.fromkeys(MEASURES, 0.5)
    summary = {
        **dict.fromkeys(("generator_steps", "critic_steps", "images_seen", "seconds"), 100),
        **{"status": status, "best_step": 100, "measures": {"best": measures, "last": measures}},
        **{"protocol": {"split": "validation"}, "machine": {}, "versions": {}},
    }
    evaluation = {
        "subject": {"generator_steps": 100, "sampler": "direct"},
        "measures": {"generated": measures | {"fid": float(n_critic)}, "floor": measures},
        "protocol": {"split": "test", "samples": 10_000},
    }
    for folder in ("evaluation", "checkpoints"):
        (run / folder).mkdir(parents=True)
    weights = {"critic.0.weight": torch.tensor([[-1.0, 0.1, 0.1, 0.5]]), "critic.0.bias": torch.ones(1)}
    torch.save({"config": {}, "state_dict": weights, "counters": {}}, run / "checkpoints" / "best.ckpt")
    model = {"n_critic": n_critic, "_target_": "GAN"}
    config = {"epochs": 20, "model": model, "seed": seed, "trainer": {"precision": precision}}
    OmegaConf.save(config, run / "config.yaml")
    (run / "summary.json").write_text(json.dumps(summary))
    (run / "evaluation" / "evaluation.json").write_text(json.dumps(evaluation))
    (run / "metrics.csv").write_text(
        "generator_steps,images_seen,seconds,critic/loss,fid,precision_k3,recall_k3\n1,1,1,1,1,1,1\n"
    )
    Image.new("L", (582, 582), 50 * seed).save(run / "evaluation" / "samples.png")


def test_runs_are_taken_for_the_row_whose_settings_they_have(tmp_path: Path) -> None:
    rows_wanted: dict[str, Settings] = {
        name: {"epochs": 20, "model.n_critic": n, "model._target_": "GAN"}
        for n, name in enumerate(["gan_n1", "gan_n2"], 1)
    }
    run_folder(tmp_path / "runs" / "x", n_critic=2)
    run_folder(tmp_path / "runs" / "y", n_critic=3)
    run_folder(tmp_path / "runs" / "z", n_critic=1, status="running")
    run_folder(tmp_path / "runs" / "half", n_critic=1, precision="bf16-mixed")
    missing = {("gan_n1", 1), ("gan_n2", 1), ("gan_n2", 2)}
    assert collect(tmp_path / "runs", missing, rows_wanted, tmp_path / "kept") == {("gan_n2", 1)}
    records, stale = current(tmp_path / "kept", rows_wanted)
    assert [(r["row"], r["seed"], r["measures"]["test"]["fid"], r["command"]) for r in records] == [
        ("gan_n2", 1, 2.0, "python -m gan_lab experiment=gan_n2 seed=1")
    ]
    assert stale == []
    shares = records[0]["critic_weights"]["shares"]
    assert records[0]["critic_weights"]["edge"] == 1.0
    assert {i: share for i, share in enumerate(shares) if share} == {0: 0.25, 33: 0.5, 45: 0.25}, "60 bins from -1 to 1"
    rows_wanted["gan_n2"]["epochs"] = 30
    assert current(tmp_path / "kept", rows_wanted) == ([], ["gan_n2-seed1"])


def test_the_samples_kept_are_of_the_last_seed_in_whatever_order_runs_come(tmp_path: Path) -> None:
    wanted: dict[str, Settings] = {"gan_n2": {"epochs": 20, "model.n_critic": 2, "model._target_": "GAN"}}
    for seed, shown in {2: 100, 1: 100, 3: 150}.items():
        run_folder(tmp_path / "runs" / str(seed), n_critic=2, seed=seed)
        assert collect(tmp_path / "runs" / str(seed), {("gan_n2", seed)}, wanted, tmp_path / "kept")
        with Image.open(tmp_path / "kept" / "gan_n2.png") as strip:
            assert strip.getpixel((0, 0)) == shown


def test_samples_of_other_settings_give_way_to_those_of_the_row_as_it_is(tmp_path: Path) -> None:
    for n, seed in ((2, 3), (1, 1)):  # what was n = 2 with seed 3 is n = 1 by now
        run_folder(tmp_path / "runs" / str(n), n_critic=n, seed=seed)
        wanted: dict[str, Settings] = {"gan_n2": {"epochs": 20, "model.n_critic": n, "model._target_": "GAN"}}
        assert collect(tmp_path / "runs" / str(n), {("gan_n2", seed)}, wanted, tmp_path / "kept")
    with Image.open(tmp_path / "kept" / "gan_n2.png") as strip:
        assert strip.getpixel((0, 0)) == 50


def kept(name: str, seed: int, fid: float) -> Record:
    measures = dict.fromkeys(MEASURES, 0.5) | {"fid": fid}
    return {
        **{"row": name, "seed": seed, "measures": {"test": measures, "floor": measures}},
        "budget": {"generator_steps": 15_625, "seconds": 600.0},
        "config": {"model.loss._target_": f"gan_lab.loss.{'class_bce' if name == 'gmgan_static' else 'hinge'}"},
        "protocol": {"test": {"samples": 10_000, "reference_n": 10_000, "split": "test", "extractor": "x"}},
    }


def test_the_page_averages_seeds_and_names_what_is_missing() -> None:
    records = [
        kept("gan_d200", 1, 20.0),
        kept("gan_d200", 2, 22.0),
        kept("hinge", 1, 30.0),
        kept("gmgan_static", 2, 9.0),
    ]
    page = text(records, ["gan_n1-seed1"], [], REFERENCE)
    assert "| [`experiment=gan_d200`](table/gan_d200.png) | 2 | 21.00 ± 1.41 | 0.50 |" in page
    assert "| 15,625 | 10 | 27.73 (.52 / .20), 001 |" in page
    assert "| [`model=hinge`](table/hinge.png) | 1 | 30.00 |" in page
    assert "| [`model=gmgan_static`](table/gmgan_static.png), labels | 1 | 9.00 |" in page
    assert "| real images (floor) |  | 20.00 | 0.50 |" in page
    assert "`gan_d200` (3)" in page
    assert "`lsgan` (1)" in page
    assert "`hinge`" not in page.partition("Missing")[2]
    assert "left out: `gan_n1-seed1`" in page
    assert seeds("lsgan") == (1,)


def test_the_sheet_has_the_last_seed_of_each_row_by_fid_column_by_column(tmp_path: Path) -> None:
    records = [kept("hinge", 1, 30.0), kept("gan", 2, 20.0), kept("gan", 1, 35.0), kept("lsgan", 1, 40.0)]
    for grey, name in enumerate(["gan", "hinge", "lsgan"], 1):
        Image.new("L", (10 * LINE, 3 * LINE), 60 * grey).save(tmp_path / f"{name}.png")
    picture = sheet(records, tmp_path)
    assert picture.size == (2 * (WORDS + 10 * LINE), 2 * LINE)
    columns = (WORDS + 1, picture.width - 1)
    assert [picture.getpixel((x, y)) for x in columns for y in (1, LINE + 1)] == [60, 120, 180, 255]


def test_the_best_recipe_is_told_by_time_and_by_part(tmp_path: Path) -> None:
    assert best(tmp_path) == ""
    (tmp_path / "table").mkdir()
    curves = "generator_steps,seconds,fid\n10,5.4,\n20,10.6,3.14\n30,15.5,\n40,21.4,1.55\n"
    (tmp_path / "table" / "best_mnist-seed1.csv").write_text(curves)
    assert "seed 1: 3.1 after 11 s, 1.6 after 21 s.\n" in best(tmp_path)
    rows = {"": dict.fromkeys(MEASURES, 0.5), "model.ema_decay=0.0": dict.fromkeys(MEASURES, 0.25)}
    (tmp_path / "best_mnist.json").write_text(json.dumps({"generator_steps": 3000, "seed": 1, "rows": rows}))
    assert "| nothing | 0.50 | 0.50 |" in best(tmp_path)
    assert "| `model.ema_decay=0.0` | 0.25 | 0.25 |" in best(tmp_path)


@pytest.mark.slow
def test_a_sweep_of_rows_runs_each_with_its_own_overrides(tmp_path: Path) -> None:
    quick = ("data=digits", "generator_steps=2", "callbacks.evaluation.n=60", "callbacks.evaluation.times=1")
    listed = "hydra.sweeper.experiments=[gan_n2,'methods model=hinge']"
    arguments: tuple[Any, ...] = ("-m", "experiment=table", "seed=1,2", listed, *quick)
    said = gan_lab(*arguments, cwd=tmp_path)
    assert "4 of 4 jobs done" in said
    configs = [OmegaConf.load(path) for path in tmp_path.glob("outputs/multirun/*/*/config.yaml")]
    found = {(c.variant, c.model.n_critic, c.seed, c.model.generator.norm) for c in configs}
    assert found == {(v, n, s, norm) for v, n, norm in (("gan", 2, "none"), ("hinge", 1, "batch")) for s in (1, 2)}
    assert gan_lab(*arguments, cwd=tmp_path).count("not run again") == 4

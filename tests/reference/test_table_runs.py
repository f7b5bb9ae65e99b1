"""Finished runs become records of the rows that they are of."""

import json
from pathlib import Path

import pytest
import torch
from omegaconf import OmegaConf
from PIL import Image

from gan_lab.reference.row_records import MEASURES, current
from gan_lab.reference.row_settings import Settings
from gan_lab.reference.table_runs import collect, write_table


def run_folder(
    run: Path,
    n_critic: int,
    status: str = "finished",
    precision: str = "32-true",
    seed: int = 1,
    commit: str | None = 40 * "a",
) -> None:
    """What training and evaluating leave behind."""
    measures, validation = dict.fromkeys(MEASURES, 0.5), dict.fromkeys(MEASURES, 0.25)
    summary = {
        **dict.fromkeys(("generator_steps", "critic_steps", "images_seen", "seconds", "cpu_seconds"), 100),
        **{"status": status, "best_step": 100, "measures": {"best": measures, "last": measures, "floor": validation}},
        **{"protocol": {"split": "validation"}, "machine": {}, "versions": {}, "commit": commit},
    }
    evaluation = {
        "subject": {"generator_steps": 100, "sampler": "direct"},
        "measures": {"generated": measures | {"fid": float(n_critic)}, "floor": measures},
        "protocol": {"split": "test", "samples": 10_000, "dataset": "mnist"},
    }
    for folder in ("evaluation", "checkpoints"):
        (run / folder).mkdir(parents=True)
    weights = {"critic.0.weight": torch.tensor([[-1.0, 0.1, 0.1, 0.5]]), "critic.0.bias": torch.ones(1)}
    config = {"model": {}, "data": {}, "variant": "gan", "dataset": "mnist", "seed": 1}
    torch.save(
        {"config": config, "state_dict": weights, "counters": {"generator_steps": 1}}, run / "checkpoints" / "best.ckpt"
    )
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
    run_folder(tmp_path / "runs" / "dirty", n_critic=1, commit=f"{40 * 'a'}-dirty")
    run_folder(tmp_path / "runs" / "unknown", n_critic=1, commit=None)
    missing = {("gan_n1", 1), ("gan_n2", 1), ("gan_n2", 2)}
    assert collect(tmp_path / "runs", missing, rows_wanted, tmp_path / "kept") == {("gan_n2", 1)}
    records, stale = current(tmp_path / "kept", rows_wanted)
    assert [(r["row"], r["seed"], r["measures"]["test"]["fid"], r["command"]) for r in records] == [
        ("gan_n2", 1, 2.0, "python -m gan_lab experiment=gan_n2 seed=1")
    ]
    assert stale == []
    floors = [records[0]["measures"][which]["kid"] for which in ("floor", "floor_validation")]
    assert floors == [0.5, 0.25], "that of the evaluation, and that of the training"
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


def test_what_there_is_of_the_table_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: dict[str, Settings] = {"gan_n2": {"epochs": 20, "model.n_critic": 2, "model._target_": "GAN"}}
    written: list[int] = []
    for name, value in {
        **{"TABLE": tmp_path / "kept", "RUNS": tmp_path / "own", "wanted_settings": lambda: wanted},
        "write_pages": lambda: written.append(len([*(tmp_path / "kept").glob("*.json")])),
    }.items():
        monkeypatch.setattr(f"gan_lab.reference.table_runs.{name}", value)
    for seed in (1, 2):
        run_folder(tmp_path / "mine" / str(seed), n_critic=2, seed=seed)
    write_table(["gan_n2"], [1], [tmp_path / "mine"], jobs=0)
    first = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "kept").glob("*.json")}
    write_table(["gan_n2"], [1, 2], [tmp_path / "mine"], jobs=0)
    second = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "kept").glob("*.json")}
    assert written == [1, 2], "the pages are written after each"
    assert second.items() > first.items(), "seed 1 was kept as it was"

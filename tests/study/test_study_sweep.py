"""Which trainings a study runs, and how it goes on: of trainings that take no time."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.runs.jobs import read_jobs
from gan_lab.study.protocol import Protocol
from gan_lab.study.trial import Trial
from gan_lab.study.trial_draws import space_of
from gan_lab.sweep.space import corners
from tests.sweep.pretended import pretended_sweep

Run = Callable[..., list[dict[str, Any]]]
COSTS = {
    "model=gan": 1.0,
    "model=lsgan": 1.25,
    "model=sngan model.n_critic=1": 2.0,
    "model=sngan model.n_critic=5": 6.0,
}
HERE = ("-m", "experiment=study", "hydra.sweep.dir=mine", "study.rounds=60", "study.finals=0", "study.seed=1")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """study("study.trials=3"): the trainings that ran, with costs that are known."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAN_LAB_SWEEP", "")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "costs.json").write_text(json.dumps({"costs": COSTS}))
    monkeypatch.setattr("gan_lab.study.cost_file.SHIPPED", tmp_path / "mine" / "costs.json")

    def run(*arguments: str) -> list[dict[str, Any]]:
        monkeypatch.setattr("sys.argv", ["gan_lab", *HERE, *arguments])
        return pretended_sweep()

    return run


def record(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "mine" / "study.json").read_text())


def test_every_method_gets_the_same_time_and_as_many_trials(study: Run, tmp_path: Path) -> None:
    ran = study(
        "study.methods=[gan,lsgan,sngan]",
        "hydra.sweeper.methods_at_once=null",
        "study.trials=3",
        "+study.own={sngan:{model.n_critic:'choice(1,5)'}}",
    )
    assert [job["variant"] for job in ran] == ["gan"] * 3 + ["lsgan"] * 3 + ["sngan"] * 3
    assert [job["seed"] for job in ran] == [1000, 1001, 1002] * 3
    found = record(tmp_path)["methods"]
    for name, method in found.items():
        for trial in method["trials"]:
            n_critic = trial["settings"].get("model.n_critic")
            line = f"model={name}" + (f" model.n_critic={n_critic}" if name == "sngan" else "")
            assert trial["generator_steps"] == round(60 / COSTS[line])
            assert 3e-4 <= float(trial["settings"]["optimizer.lr"]) <= 1e-2
    rates = [trial["settings"]["optimizer.lr"] for method in found.values() for trial in method["trials"]]
    assert len({*rates}) == 9, "no two trials have the same settings"


def test_it_goes_on_where_it_was_and_a_divergence_is_a_result(study: Run, tmp_path: Path) -> None:
    wanted = ("study.methods=[gan]", "study.space={optimizer.lr:'choice(3,1e-3)'}")
    ran = study(*wanted, "study.trials=4")
    failed = [job for job in ran if job["lr"] > 1]
    assert 0 < len(failed) < 4
    assert study(*wanted, "study.trials=4") == [], "what diverged would do so again"
    assert [job["seed"] for job in study(*wanted, "study.trials=6")] == [1004, 1005]
    trials = record(tmp_path)["methods"]["gan"]["trials"]
    assert [trial["status"] == "diverged" for trial in trials[:4]] == [job["lr"] > 1 for job in ran]
    assert [trial["fid"] for trial in trials[:4]] == [None if job["lr"] > 1 else 6.0 for job in ran]
    assert "| `gan` |" in (tmp_path / "mine" / "study.md").read_text()


def test_finals_have_the_best_settings_and_other_seeds(study: Run, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="3_gan could not be measured on the test images"):  # it has no checkpoint
        study("study.methods=[gan]", "study.trials=3", "study.finals=2")
    found = record(tmp_path)["methods"]["gan"]
    one, two = found["finals"]
    assert {one["seed"], two["seed"]}.isdisjoint(trial["seed"] for trial in found["trials"])
    assert one["seed"] != two["seed"]
    rates = [float(trial["settings"]["optimizer.lr"]) for trial in found["trials"]]
    trained = [job["overrides"] for job in read_jobs(tmp_path / "mine")]
    assert len(trained) == 5
    for words in trained[3:]:
        assert f"optimizer.lr={min(rates):g}" in words, "whose pretended FID is the lowest"


def test_what_is_no_study_is_refused(study: Run) -> None:
    for argument, sentence in (
        ("study.methods=[]", "a list of methods, in which each stands once"),
        ("study.methods=[gan,gan]", "a list of methods, in which each stands once"),
        ("study.methods=[gan_of_mine]", "gan_of_mine"),
        ("study.methods=['gan fashion_mnist']", "a method is the name of a model"),
        ("~study", "sweep=study needs a protocol"),
        ("study.trials=0", "study.trials is 0 and must be a whole number of 1 or more"),
        ("study.space={optimizer.lr:'interval(1,0)'}", "an interval goes from its lower to its higher end"),
        ("+study.budget=3", "study.budget is missing or unknown"),
        ("hydra.sweeper.methods_at_once=0", "methods_at_once is 0"),
        ("seed=3", "a study chooses seed for each training"),
        ("optimizer.lr=1e-3", "a study chooses optimizer.lr for each training"),
        ("+study.own={gan:{model.n_critic:'5'}}", "model.n_critic=5 is no range"),
    ):
        with pytest.raises(SystemExit, match=sentence):
            study(argument)


def test_a_wrong_value_in_the_last_range_is_refused_before_the_first_training(study: Run) -> None:
    with pytest.raises(SystemExit, match=r"lr is -1.0 and must be a number above 0"):
        study("study.methods=[gan,lsgan]", "+study.own={lsgan:{optimizer.lr:'choice(1e-3,-1.0)'}}")


@pytest.mark.nightly
def test_every_range_of_the_protocol_has_values_that_a_model_takes() -> None:
    """The study itself does not try them: its own file is the one that is not checked before it trains."""
    protocol = Protocol.of(compose_config("experiment=study", keys=["study"])["study"])
    for method in protocol.methods:
        own = Trial.of(method, protocol).words
        searched = compose_config("experiment=study_trial", *own, keys=["search"])["search"]
        for corner in corners(space_of(protocol.ranges(method, searched or {}))):
            build(compose_config("experiment=study_trial", *own, *corner)["model"], "model")


def test_finals_on_points_draw_points() -> None:
    drawn = compose_config("experiment=study_final", "data=ring")["callbacks"]
    assert "point_samples" in drawn
    assert "image_samples" not in drawn


def test_a_value_of_a_method_is_not_drawn(study: Run, tmp_path: Path) -> None:
    study(
        "study.methods=['sngan model.n_critic=1']",
        "study.trials=3",
        "+study.own={sngan:{model.n_critic:'choice(1,5)'}}",
    )
    (method,) = record(tmp_path)["methods"].values()
    assert "model.n_critic" not in method["ranges"]
    assert {trial["generator_steps"] for trial in method["trials"]} == {30}

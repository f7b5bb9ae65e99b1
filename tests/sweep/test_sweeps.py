"""Which jobs a grid and a search run, in which folders, and what they learn: of trainings that take no time."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import pytest

from gan_lab.sweep.search_record import open_study
from tests.sweep.pretended import pretended_sweep

Run = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """sweep("model=gan", "seed=1,2"): the jobs that ran, as `python -m gan_lab -m` runs them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAN_LAB_SWEEP", "")  # which a sweep sets for what it starts

    def run(*arguments: str) -> list[dict[str, Any]]:
        monkeypatch.setattr("sys.argv", ["gan_lab", "-m", *arguments])
        return pretended_sweep()

    return run


def record(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "sweep.json").read_text())


def test_a_grid_is_every_combination_in_numbered_folders(
    sweep: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = sweep("model=gan", "model.n_critic=1,2", "seed=3,4")
    assert [(job["number"], job["n_critic"], job["seed"]) for job in ran] == [
        *((0, 1, 3), (1, 1, 4), (2, 2, 3), (3, 2, 4)),
    ]
    (folder,) = (tmp_path / "outputs" / "multirun").iterdir()
    assert folder.name.startswith("n_critic_seed-")
    kept = record(folder)
    assert (kept["command"], kept["kind"]) == ("python -m gan_lab -m model=gan model.n_critic=1,2 seed=3,4", "grid")
    assert [job["folder"] for job in kept["jobs"]] == [job["folder"] for job in ran] == [f"{i}_gan" for i in range(4)]
    assert kept["jobs"][2]["overrides"] == ["model=gan", "model.n_critic=2", "seed=3"]
    assert {path.name for path in folder.glob("compare.*")} == {"compare.html", "compare.md", "compare.csv"}
    said = capsys.readouterr().out
    assert f"sweep: 4 runs in outputs/multirun/{folder.name}" in said
    assert "4 of 4 runs done, 0 left, best fid so far" in said


def test_a_folder_of_ones_own_grows_and_its_jobs_keep_their_numbers(sweep: Run, tmp_path: Path) -> None:
    mine = ("model=gan", "hydra.sweep.dir=mine")
    assert [job["number"] for job in sweep(*mine, "seed=1,3")] == [0, 1]
    ran = sweep(*mine, "seed=3,2,1,4", "hydra.sweeper.max_batch_size=1")
    assert [(job["number"], job["seed"]) for job in ran] == [(0, 1), (1, 3), (2, 2), (3, 4)]
    ran = sweep(*mine, "seed=1,2")
    assert [(job["number"], job["seed"]) for job in ran] == [(0, 1), (2, 2)], "in two batches: no number is missing"
    assert [job["folder"] for job in record(tmp_path / "mine")["jobs"]] == [f"{number}_gan" for number in range(4)]
    assert not (tmp_path / "outputs").exists()


def test_a_job_that_fails_is_named_at_the_end_and_stops_no_other(sweep: Run, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as end:
        sweep("model=gan", "optimizer.lr=3,1e-3", "hydra.sweep.dir=mine")
    said = str(end.value)
    assert "1 of 2 runs failed; the same command tries them again" in said
    assert "\n  0_gan: the term broken is not finite" in said
    assert "1_gan" not in said
    assert json.loads((tmp_path / "mine" / "1_gan" / "summary.json").read_text())["status"] == "finished"
    assert (tmp_path / "mine" / "compare.html").is_file()


def test_a_grid_has_no_intervals_and_no_sweeps_in_it(sweep: Run, tmp_path: Path) -> None:
    for arguments, sentence in (
        (("model=gan", "optimizer.lr=interval(0,1)"), "a grid lists its values, an interval is for sweep=search"),
        (("experiment=sweep_sigma,sweep_lambda",), "experiment=sweep_sigma is many runs itself: give it alone"),
    ):
        with pytest.raises(SystemExit, match=sentence):
            sweep(*arguments)
    assert list(tmp_path.glob("outputs/multirun/*/*")) == []


SEARCH = ("sweep=search", "model=gan", "~search", "hydra.sweep.dir=mine", "hydra.sweeper.sampler.n_startup_trials=2")


def told(folder: Path) -> list[tuple[int, str, float | None]]:
    return [(trial.number, trial.state.name, trial.value) for trial in open_study(folder).trials]


def test_a_search_begins_with_what_is_set_and_learns_from_every_job(
    sweep: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    space = "optimizer.lr=tag(log,interval(1e-5,1e-3))"
    ran = sweep(*SEARCH, space, "hydra.sweeper.n_trials=3")
    rates = [job["lr"] for job in ran]
    assert len({*rates}) == 3
    assert all(1e-5 <= rate <= 1e-3 for rate in rates)
    folder = tmp_path / "mine"
    assert told(folder) == [(i, "COMPLETE", pytest.approx(5 + 1000 * rate)) for i, rate in enumerate(rates)]
    assert record(folder)["kind"] == "search"
    said = capsys.readouterr().out
    assert f"best of 3 trials, {5 + 1000 * min(rates):.4g}:" in said
    assert f"optimizer.lr={min(rates)}" in said

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = open_study(folder)  # another call asked for a trial and was killed before its job ran
    asked = study.ask({"optimizer.lr": optuna.distributions.FloatDistribution(1e-5, 1e-3, log=True)})
    study.ask()  # and one was killed before it had its values
    again = sweep(*SEARCH, space, "hydra.sweeper.n_trials=6")
    assert again[0]["lr"] == asked.params["optimizer.lr"], "what was asked for comes first"
    assert [number for number, _, _ in told(folder)] == [*range(6)]
    assert [state for _, state, _ in told(folder)] == ["COMPLETE"] * 6
    with pytest.raises(SystemExit, match="mine holds another search"):
        sweep(*SEARCH, "optimizer.lr=tag(log,interval(1e-5,1e-2))")


def test_a_search_goes_on_without_what_failed_or_was_hopeless(sweep: Run, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="1 of 3 runs failed; the search went on without them"):
        sweep(*SEARCH, "optimizer.lr=2,0.5,1e-3", "hydra.sweeper.n_trials=9")
    states = {path.parent.name: json.loads(path.read_text()) for path in tmp_path.glob("mine/*/summary.json")}
    assert sorted(found["status"] for found in states.values()) == ["failed", "finished", "pruned"]
    assert {state for _, state, _ in told(tmp_path / "mine")} == {"FAIL", "PRUNED", "COMPLETE"}


def test_a_search_needs_something_to_vary(sweep: Run, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="this search has nothing to vary"):
        sweep(*SEARCH)
    assert not (tmp_path / "mine").exists()

"""Searches: continued as if they had never stopped, and without the hopeless runs."""

import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution

from gan_lab.callback.pruning import Pruning
from gan_lab.errors import GanLabError
from gan_lab.sweep.search_record import JournalLock, open_study
from gan_lab.sweep.search_sweep import SearchSweep
from tests.commands import QUICK, gan_lab, start
from tests.forked import Forked

optuna.logging.set_verbosity(optuna.logging.WARNING)

SEARCH = (
    *(
        "-m",
        "experiment=search",
        "model=wgan_gp",
        *QUICK,
        "generator_steps=40",
        "callbacks.evaluation.times=4",
        "callbacks.evaluation.steps_apart=10",
    ),
    *("hydra.sweeper.n_trials=7", "hydra.sweeper.sampler.n_startup_trials=2"),
    *("callbacks.pruning.startup_trials=2", "callbacks.pruning.warmup=1"),
)


def study_of(cwd: Path) -> optuna.Study:
    (journal,) = cwd.glob("outputs/multirun/*/study.journal")
    return open_study(journal.parent)


def told(cwd: Path) -> list[tuple[Any, ...]]:
    return [(trial.number, trial.state.name, trial.params, trial.value) for trial in study_of(cwd).trials]


@pytest.mark.nightly
def test_killed_and_continued_tries_the_same_values(tmp_path: Path) -> None:
    """Which needs suggestions that depend on nothing but the trials before, and jobs that resume bit for bit."""
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir()
    cut.mkdir()
    said = gan_lab(*SEARCH, cwd=whole)
    trials = told(whole)
    assert len(trials) == 7
    assert trials[0][2] == {"optimizer.lr": 1e-4, "model.n_critic": "5", "model.penalties.gradient.weight": 10.0}
    assert len({str(params) for _, _, params, _ in trials}) == 7
    states = [state for _, state, _, _ in trials]
    assert {*states} == {"COMPLETE", "PRUNED"}, "with a median of two some must be behind"
    best = min(value for _, state, _, value in trials if state == "COMPLETE")
    assert f"best of 7 trials, {best:.4g}" in said
    pruned = [path for path in whole.glob("outputs/multirun/*/*/summary.json") if '"pruned"' in path.read_text()]
    assert len(pruned) == states.count("PRUNED")
    for path in pruned:
        summary = json.loads(path.read_text())
        assert summary["generator_steps"] < 40
        assert "behind the other trials" in summary["reason"]

    process = start(*SEARCH, cwd=cut)
    deadline = time.monotonic() + 120
    while len(list(cut.glob("outputs/multirun/*/*/summary.json"))) < 4:
        assert process.poll() is None, process.communicate(timeout=10)[0]
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    (journal,) = cut.glob("outputs/multirun/*/study.journal")
    with journal.open("ab") as file:
        file.write(b'{"op_code": 5, "torn')  # as if it had been killed while it wrote
    gan_lab(*SEARCH, cwd=cut)
    assert told(cut) == trials
    assert "7 of 7" not in gan_lab(*SEARCH, cwd=cut)
    longer = gan_lab(*(a.replace("n_trials=7", "n_trials=8") for a in SEARCH), cwd=cut)
    assert told(cut)[:7] == trials
    assert len(told(cut)) == 8
    assert "of 8 trials" in longer


@pytest.mark.slow
def test_a_folder_holds_one_search_and_remembers_what_failed(tmp_path: Path) -> None:
    arguments = ("-m", "sweep=search", "model=gan", "optimizer.lr=1e30,1e-4", *QUICK, "hydra.sweep.dir=mine")
    two = ("hydra.sweeper.n_trials=3", "generator_steps=20")
    for _ in range(2):
        said = gan_lab(*arguments, *two, cwd=tmp_path, status=1)
        assert "is not finite" in said
        assert "1 of 2 runs failed; the search went on without them" in said
        assert "best of 3 trials" in said
    for other in (("generator_steps=10",), ("generator_steps=20", "model.n_critic=1,2")):
        said = gan_lab(*arguments, *other, "hydra.sweeper.n_trials=9", cwd=tmp_path, status=1)
        assert "mine holds another search" in said
    assert len(open_study(tmp_path / "mine").trials) == 3


def test_a_trial_of_a_journal_has_values_of_this_space_or_is_discarded() -> None:
    sweep = SearchSweep(params={}, max_batch_size=None, n_trials=3, seed=1, sampler=optuna.samplers.RandomSampler)
    sweep.folder = Path("mine")
    sweep.space = {"optimizer.lr": FloatDistribution(1e-5, 1e-3)}
    study = optuna.create_study()
    for kind in (FloatDistribution(1.0, 9.0), sweep.space["optimizer.lr"]):
        study.ask({"optimizer.lr": kind})
    ((number, (override,)),) = sweep.unfinished(study)
    assert number == 1
    assert 1e-5 <= float(override.removeprefix("optimizer.lr=")) <= 1e-3
    assert [trial.state.name for trial in study.trials] == ["FAIL", "RUNNING"]
    study.enqueue_trial({"optimizer.lr": 5.0})
    with pytest.warns(UserWarning, match="out of range"):  # from Python 3.12 on it is said of our line, not of Optuna's
        assert sweep.suggested(study) == [], "what is enqueued must lie in the space, too"

    foreign = optuna.create_study()
    foreign.ask({"optimizer.lr": CategoricalDistribution(["1e-4,model.constraints={a:{_target_:os.system}}"])})
    assert sweep.unfinished(foreign) == []
    with pytest.raises(GanLabError, match="holds another search"):
        sweep.suggested(foreign)


@pytest.mark.slow
def test_the_same_search_twice_at_once_tries_each_value_once(tmp_path: Path) -> None:
    arguments = ("-m", "sweep=search", "model=gan", "optimizer.lr=1e-3,1e-4", *QUICK, "generator_steps=60")
    both = [start(*arguments, "hydra.sweeper.n_trials=3", cwd=tmp_path) for _ in range(2)]
    printed = [process.communicate(timeout=240)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], printed
    assert "".join(printed).count("waiting until it has ended") == 1
    assert [state for _, state, _, _ in told(tmp_path)] == ["COMPLETE"] * 3
    assert printed[0].count("best of 3 trials") == printed[1].count("best of 3 trials") == 1


@pytest.mark.slow
def test_a_search_that_cannot_be_is_refused(tmp_path: Path) -> None:
    for arguments, sentence in (
        (("sweep=search", "~search"), "this search has nothing to vary"),
        (("sweep=search", "optimizer.lr=interval(1,0)"), "an interval goes from its lower to its higher end"),
        (("sweep=search", "model.typo=interval(0,1)"), "typo"),
        (("model.n_critic=interval(1,3)",), "interval"),
    ):
        said = gan_lab("-m", *arguments, *QUICK, "generator_steps=2", cwd=tmp_path, status=1)
        assert sentence in said
        assert "Traceback" not in said
        assert not list(tmp_path.glob("outputs/multirun/*/*"))


def pruning(folder: Path, values: list[float], warmup: int) -> int:
    """After how many evaluations a trial with these values is given up; 0 if it is not."""
    study = open_study(folder)
    for reached in (10.0, 20.0, 30.0):
        trial = study.ask({"x": optuna.distributions.FloatDistribution(0, 1)})
        for number in range(1, 6):
            trial.report(reached / number, number)
        study.tell(trial, reached / 5)
    trial = study.ask({"x": optuna.distributions.FloatDistribution(0, 1)})
    run = folder / "3_gan"
    record = {"jobs": [{"folder": "3_gan", "overrides": ["model=gan", f"x={trial.params['x']}"]}]}
    (folder / "sweep.json").write_text(json.dumps(record))
    callback = Pruning(run_dir=str(run), percentile=50.0, startup_trials=3, warmup=warmup)
    callback.find_trial()
    for number, value in enumerate(values, 1):
        if callback.tell(value, number):
            return number
    assert {**study.trials[-1].intermediate_values} == dict(enumerate(values, 1))
    return 0


def test_hopeless_is_above_the_median_at_the_same_evaluation(tmp_path: Path) -> None:
    """Three finished trials had medians of 20, 10, 6.7, 5, 4."""
    for index, (values, warmup, expected) in enumerate(
        [
            ((19.0, 9.0, 6.0, 4.9, 3.9), 0, 0),
            ((19.0, 11.0, 6.0, 4.9, 3.9), 0, 2),
            ((19.0, 9.0, 9.0, 4.9, 3.9), 0, 3),
            ((21.0, 9.0, 6.0, 4.9, 3.9), 0, 1),
            ((21.0, 9.0, 6.0, 4.9, 3.9), 1, 0),
            ((21.0, 21.0, 21.0, 21.0, 21.0), 3, 4),
        ]
    ):
        folder = tmp_path / str(index)
        folder.mkdir()
        assert pruning(folder, [*values], warmup) == expected, values


def test_a_run_outside_of_a_search_is_never_given_up(tmp_path: Path) -> None:
    callback = Pruning(run_dir=str(tmp_path / "run"), percentile=50.0, startup_trials=0, warmup=0)
    callback.find_trial()
    assert not callback.tell(1e9, 1)


def test_a_torn_line_is_cut_off(tmp_path: Path) -> None:
    study = open_study(tmp_path)
    study.ask({"x": optuna.distributions.FloatDistribution(0, 1)})
    whole = (tmp_path / "study.journal").read_bytes()
    for torn in (b"{", b'{"op_code": 3', b"\x00\x01"):
        (tmp_path / "study.journal").write_bytes(whole + torn)
        open_study(tmp_path)  # which adds a line
        assert (tmp_path / "study.journal").read_bytes().rpartition(b'{"op_code":0')[0] == whole
    assert len(open_study(tmp_path).trials) == 1


def keep_lock(folder: str) -> None:
    """Takes the lock of a journal and does not let it go."""
    lock = JournalLock(Path(folder) / "study.journal")
    lock.acquire()
    Path(folder, "locked").touch()
    time.sleep(60)


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_study(tmp_path).ask({"x": FloatDistribution(0, 1)})
    (tmp_path / "study.journal.lock").touch()  # what Optuna's own lock leaves behind
    process = Forked(keep_lock, str(tmp_path), cwd=tmp_path, env={**os.environ})
    while not (tmp_path / "locked").exists():
        time.sleep(0.01)
    killer = threading.Timer(1.0, process.send_signal, (signal.SIGKILL,))
    killer.start()
    study = open_study(tmp_path)
    study.ask({"x": FloatDistribution(0, 1)})
    assert process.wait(timeout=10) == -signal.SIGKILL, "the other process still had the lock"
    assert len(study.trials) == 2
    said = capsys.readouterr().out
    assert said.count("study.journal: waiting until it is done") == 1


def test_a_journal_that_is_no_file_is_refused(tmp_path: Path) -> None:
    for make in (os.mkfifo, os.mkdir):
        make(tmp_path / "study.journal")
        with pytest.raises(GanLabError, match=r"study\.journal is no file"):
            open_study(tmp_path)
        if make is os.mkfifo:
            (tmp_path / "study.journal").unlink()

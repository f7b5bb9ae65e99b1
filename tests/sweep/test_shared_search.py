"""One search of several processes: on a journal, on SQLite and on PostgreSQL, with one of them killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import optuna
import pytest
from sqlalchemy import create_engine, text

from gan_lab.errors import GanLabError
from gan_lab.runs.jobs import read_jobs
from gan_lab.sweep.shared_study import SharedStudy
from gan_lab.sweep.worker import OWNER, SEEN, Worker
from tests.commands import QUICK, environment, gan_lab
from tests.forked import Forked
from tests.sweep.pretended import pretended_sweep

optuna.logging.set_verbosity(optuna.logging.WARNING)

SECRET = "geheim"
SEARCH = (
    *("-m", "sweep=search", "model=gan", "~search", "optimizer.lr=tag(log,interval(1e-5,1e-3))"),
    *("hydra.sweep.dir=mine", "hydra.sweeper.n_trials=8", "hydra.sweeper.sampler.n_startup_trials=5"),
)


def searching(arguments: tuple[str, ...], seconds: float) -> None:
    """python -m gan_lab ARGUMENTS with trainings that only wait."""
    sys.argv = ["gan_lab", *arguments]
    pretended_sweep(seconds)


def start(cwd: Path, storage: str, *more: str, seconds: float = 0.1) -> Forked:
    """One process of the search."""
    arguments = (*SEARCH, f"hydra.sweeper.storage='{storage}'", *more)
    return Forked(searching, arguments, seconds, cwd=cwd, env=environment(GAN_LAB_SWEEP=""))


def until(condition: Callable[[], bool], *processes: Forked) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        for process in processes:
            assert process.poll() is None, process.communicate(timeout=1)[0]
        time.sleep(0.02)


def runs(cwd: Path, worker: str) -> list[Path]:
    return list((cwd / "mine" / worker).glob("*/summary.json"))


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """The address of a server of our own, with a password."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("there is no PostgreSQL here: apt-get install postgresql")
    if not (find_spec("psycopg") or find_spec("psycopg2")):
        pytest.skip("there is no driver of PostgreSQL here: pip install '.[postgresql]'")
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []  # the server refuses to be root's
    folder = Path("/tmp") / f"gan_lab-postgresql-{os.getpid()}"
    folder.mkdir()
    if as_user:
        shutil.chown(folder, "postgres")
    (folder / "password").write_text(SECRET)
    folder.joinpath("password").chmod(0o644)
    control = [*as_user, str(found[-1].with_name("pg_ctl")), "-D", f"{folder}/data", "-w", "-s"]
    port = 20000 + os.getpid() % 20000
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    try:
        init = [*as_user, str(found[-1]), "-D", f"{folder}/data", "-U", "gan", "-A", "scram-sha-256"]
        subprocess.run([*init, "--pwfile", f"{folder}/password"], check=True, capture_output=True, cwd="/")
        subprocess.run([*control, "-o", options, "-l", f"{folder}/log", "start"], check=True, cwd="/")
        yield f"postgresql://gan:{SECRET}@127.0.0.1:{port}/postgres"
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, cwd="/")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


AT_NIGHT = [pytest.param(name, marks=pytest.mark.nightly) for name in ("sqlite", "postgresql")]


@pytest.fixture(params=["journal", *AT_NIGHT])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql"))
    return str(tmp_path / "shared.journal") if request.param == "journal" else f"sqlite:///{tmp_path}/shared.db"


@pytest.mark.slow
@pytest.mark.xdist_group("shared search")
def test_two_processes_one_of_them_killed_run_every_trial_once(tmp_path: Path, storage: str) -> None:
    both = [start(tmp_path, storage) for _ in range(2)]
    until(lambda: min(len(runs(tmp_path, f"worker_{number}")) for number in (1, 2)) >= 1, *both)
    both[0].send_signal(signal.SIGKILL)
    both[0].wait(timeout=60)
    both[0] = start(tmp_path, storage)
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    trials = SharedStudy(storage, "mine").open().trials
    assert [trial.number for trial in trials] == [*range(8)], "as many as the search has, whoever ran them"
    assert {trial.state.name for trial in trials} == {"COMPLETE"}
    assert all(trial.value == pytest.approx(5 + 1000 * trial.params["optimizer.lr"]) for trial in trials)
    assert len({trial.params["optimizer.lr"] for trial in trials}) == 8, "no two drew with the same seed"
    assert len({trial.user_attrs[OWNER] for trial in trials}) == 2
    ran = [file.read_text().splitlines() for file in tmp_path.glob("mine/*/*/started")]
    assert sum(map(len, ran)) in (8, 9), "nothing but the killed process's trial was begun twice"
    assert any("best of 8 trials" in text for text in said)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path
    assert SECRET not in "".join(said)


@pytest.mark.slow
@pytest.mark.xdist_group("shared search")
def test_the_trial_of_a_process_that_does_not_come_back_is_run_by_another(tmp_path: Path) -> None:
    storage = f"sqlite:///{tmp_path}/shared.db"
    short = ("hydra.sweeper.n_trials=3", "hydra.sweeper.patience=1")
    dead = start(tmp_path, storage, *short, seconds=30)
    until(lambda: bool(list(tmp_path.glob("mine/worker_1/*/started"))), dead)
    time.sleep(1.5)  # it gives signs of life meanwhile
    other = start(tmp_path, storage, *short, "hydra.sweep.dir=elsewhere/mine", seconds=0)
    assert "1 of 3 trials are still running in other processes" in other.communicate(timeout=60)[0]
    dead.send_signal(signal.SIGKILL)
    dead.wait(timeout=60)
    time.sleep(1.5)
    again = start(tmp_path, storage, *short, "hydra.sweep.dir=elsewhere/mine", seconds=0)
    assert "best of 3 trials" in again.communicate(timeout=60)[0]
    trials = SharedStudy(storage, "mine").open().trials
    assert [trial.state.name for trial in trials] == ["COMPLETE"] * 3
    assert len({trial.user_attrs[OWNER] for trial in trials}) == 1
    assert len(read_jobs(tmp_path / "elsewhere" / "mine" / "worker_1")) == 3


@pytest.mark.slow
def test_a_job_tells_the_shared_search_how_it_goes(tmp_path: Path) -> None:
    """It knows the storage from its environment alone, as the jobs of every launcher do."""
    address = f"sqlite:///{tmp_path}/shared.db"
    arguments = ("-m", "experiment=search", "model=gan", *QUICK, "generator_steps=20", "callbacks.evaluation.times=2")
    options = ("hydra.sweeper.n_trials=2", "hydra.sweep.dir=mine", "callbacks.evaluation.steps_apart=10")
    gan_lab(*arguments, *options, "hydra.sweeper.storage=${oc.env:MINE}", cwd=tmp_path, MINE=address)
    for trial in SharedStudy(address, "mine").open().trials:
        assert sorted(trial.intermediate_values) == [1, 2]


def test_a_worker_takes_its_own_trials_and_those_of_the_silent() -> None:
    study = optuna.create_study()
    mine, other = Worker("mine", 100.0), Worker("other", 100.0)
    for _ in range(3):
        study.ask()
    mine.take(study, [0])
    other.take(study, [1])
    assert [mine.may_take(trial) for trial in study.trials] == [True, False, True], "whoever asked for the third died"
    assert mine.may_take(study.trials[1], dead={"other"})
    late = Worker("late", 1e-9)
    assert all(late.may_take(trial) for trial in study.trials)
    late.take(study, [1])
    other.sign(study)
    assert [trial.user_attrs.get(OWNER) for trial in study.trials] == ["mine", "late", None]
    assert not other.may_take(study.trials[1]), "it has been taken from it"
    before = study.trials[0].user_attrs[SEEN]
    with Worker("mine", 0.04).alive(study):
        until(lambda: study.trials[0].user_attrs[SEEN] > before)


def test_what_is_no_storage_is_refused_without_its_password(tmp_path: Path) -> None:
    for address, sentence in (
        ("mysql://me:geheim@host/db", "is an address of mysql: it must be the path of a journal file"),
        ("sqlite://", "is an address of sqlite: it must be"),
        ("http//me:geheim@x://", "cannot be read"),
        ("postgresql+nothing://me:geheim@host/db", "is an address of postgresql.nothing"),
    ):
        with pytest.raises(GanLabError, match=sentence) as refusal:
            SharedStudy(address, "mine")
        assert SECRET not in str(refusal.value)
    (tmp_path / "no.db").write_text("no database" * 100)
    with pytest.raises(GanLabError, match=r"no\.db cannot be used: file is not a database"):
        SharedStudy(f"sqlite:///{tmp_path}/no.db", "mine").open()
    foreign = SharedStudy(f"sqlite:///{tmp_path}/foreign.db", "mine")
    foreign.open()
    with create_engine(foreign.address).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'v0.9.0.a'"))
    with pytest.raises(GanLabError, match=r"foreign\.db cannot be used"):
        foreign.open()


@pytest.mark.slow
def test_a_database_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    if not (find_spec("psycopg") or find_spec("psycopg2")):
        pytest.skip("there is no driver of PostgreSQL here: pip install '.[postgresql]'")
    with pytest.raises(GanLabError, match=r"the storage postgresql://127\.0\.0\.1/db cannot be used") as refusal:
        SharedStudy(f"postgresql://me:{SECRET}@127.0.0.1:1/db", "mine").open()
    assert SECRET not in str(refusal.value)

"""A job changes nothing for the next one, and ends with the process that started it."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hydra.core.hydra_config import HydraConfig

from gan_lab.config.compose import as_hydra_config, composition
from gan_lab.distributed.environment import SWEEP
from gan_lab.training.isolation import PROCESS_VARIABLES, follow_parent, isolated_job, job_over
from tests.forked import Forked

MULTIRUN = ("model=gan", "seed=2", "hydra.mode=MULTIRUN", "hydra.sweep.dir=many", "+hydra.job.env_set.X=1")


@contextmanager
def started(*overrides: str) -> Iterator[Any]:
    """As if Hydra had started a job with these overrides."""
    with as_hydra_config(composition("config", overrides)):
        yield HydraConfig.instance().cfg


@pytest.fixture(autouse=True)
def own_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["gan_lab", "whole", "command"])
    monkeypatch.delenv(SWEEP, raising=False)
    for name in PROCESS_VARIABLES:
        monkeypatch.delenv(name, raising=False)


def spec() -> str:
    return str(getattr(sys.modules["__main__"].__spec__, "name", None))


def test_a_lone_run_starts_others_with_its_own_command() -> None:
    before = spec()
    with started("model=gan"):
        job_over.clear()
        with isolated_job():
            assert sys.argv == ["gan_lab", "whole", "command"]
            assert spec() == "gan_lab.__main__"
            assert not job_over.is_set()
        assert job_over.is_set()
    assert (sys.argv, spec()) == (["gan_lab", "whole", "command"], before)


def test_a_job_of_many_starts_others_with_its_own_part_of_the_command() -> None:
    with started(*MULTIRUN) as config:
        folder = config.hydra.run.dir
        with isolated_job():
            assert sys.argv[:3] == ["gan_lab", "model=gan", "seed=2"]
            assert not any(word.startswith(("hydra.mode", "hydra.sweep")) for word in sys.argv)
            assert "+hydra.job.env_set.X=1" in sys.argv
            assert config.hydra.run.dir == "unused", "its own folder"
        assert config.hydra.run.dir == folder
    assert sys.argv == ["gan_lab", "whole", "command"]


def test_a_resumed_job_of_many_is_resumed_by_the_others_too() -> None:
    with started(*MULTIRUN), isolated_job(resumed=True):
        assert sys.argv[:2] == ["gan_lab", "resume='unused'"]
        assert "seed=2" not in sys.argv


def test_variables_are_as_they_were_even_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *rest = PROCESS_VARIABLES
    monkeypatch.setenv(first, "before")
    for error in (None, ZeroDivisionError):
        with started("model=gan"):
            try:
                with isolated_job():
                    for name in PROCESS_VARIABLES:
                        os.environ[name] = "inside"
                    if error is not None:
                        raise error
            except ZeroDivisionError:
                assert error is not None, "another one was raised"
            else:
                assert error is None, "the error was lost"
        assert os.environ[first] == "before"
        assert not {*rest} & {*os.environ}
        assert sys.argv == ["gan_lab", "whole", "command"]


def follow(seconds: float) -> None:
    """A process that follows this one, which ends after so many seconds; the other one says what it noticed."""
    if os.fork() == 0:
        stopped = []
        signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
        job_over.clear()
        follow_parent()
        deadline = time.monotonic() + 20
        while not stopped and time.monotonic() < deadline:
            time.sleep(0.01)
        Path("noticed").write_text(str(len(stopped)))
        job_over.set()
        time.sleep(20)
        Path("still there").touch()
        os._exit(0)
    time.sleep(seconds)
    os._exit(0)


def test_a_worker_saves_what_it_has_and_ends_when_nobody_waits_for_it(tmp_path: Path) -> None:
    Forked(follow, 0.3, cwd=tmp_path, env={**os.environ}).wait(timeout=60)
    deadline = time.monotonic() + 60
    while not (tmp_path / "noticed").exists() or not (tmp_path / "noticed").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert (tmp_path / "noticed").read_text() == "1"


def test_following_keeps_no_process_from_its_end(tmp_path: Path) -> None:
    process = Forked(follow_parent, cwd=tmp_path, env={**os.environ})
    assert process.wait(timeout=60) == 0

"""A job changes nothing for the next one."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hydra.core.hydra_config import HydraConfig

from gan_lab.config.compose import as_hydra_config, composition
from gan_lab.distributed.environment import SWEEP
from gan_lab.distributed.parent import job_over
from gan_lab.training.isolation import PROCESS_VARIABLES, isolated_job

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
    monkeypatch.setenv(first, "3")
    for error in (None, ZeroDivisionError):
        with started("model=gan"):
            try:
                with isolated_job():
                    for name in PROCESS_VARIABLES:
                        os.environ[name] = "7"
                    if error is not None:
                        raise error
            except ZeroDivisionError:
                assert error is not None, "another one was raised"
            else:
                assert error is None, "the error was lost"
        assert os.environ[first] == "3"
        assert not {*rest} & {*os.environ}
        assert sys.argv == ["gan_lab", "whole", "command"]

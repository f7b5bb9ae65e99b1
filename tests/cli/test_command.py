"""How a command ends: with its result, with one sentence, or with a traceback where it is a bug."""

import gc
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra.errors import ConfigCompositionException
from omegaconf.errors import OmegaConfBaseException

from gan_lab.cli.command import heavy_imports, no_empty_folder, plain_errors, requested, run_command
from gan_lab.config.compose import as_hydra_config, composition
from gan_lab.errors import GanLabError, NonFiniteError


def raising(error: Exception) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


def ended(error: Exception) -> str | int | None:
    """What the command exits with."""
    with pytest.raises(SystemExit) as caught:
        run_command(raising(error))
    return caught.value.code


def test_a_users_mistake_is_one_sentence_and_a_bug_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HYDRA_FULL_ERROR", raising=False)
    done: list[int] = []
    run_command(lambda: done.append(1))
    assert done == [1]
    assert os.environ["HYDRA_FULL_ERROR"] == "1"
    assert ended(GanLabError("n is too large")) == "gan_lab: n is too large"
    with pytest.raises(ZeroDivisionError):
        run_command(raising(ZeroDivisionError("a bug")))
    assert ended(OmegaConfBaseException("no such key")) == "gan_lab: no such key"
    error = ConfigCompositionException("cannot compose")
    assert ended(error) == "gan_lab: cannot compose"
    error.__cause__ = ValueError("not for users")
    assert ended(error) == "gan_lab: cannot compose"


def test_an_error_in_a_sweep_goes_to_hydra_and_elsewhere_ends_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    def raised(mode: str, kind: type[BaseException], sentence: str) -> str:
        with (
            as_hydra_config(composition("config", (f"hydra.mode={mode}",))),
            pytest.raises(kind, match=sentence),
            plain_errors(),
        ):
            raise GanLabError("wrong")
        return capsys.readouterr().err

    assert raised("RUN", SystemExit, r"^gan_lab: wrong$") == ""
    assert raised("MULTIRUN", GanLabError, r"^wrong$") == "gan_lab: wrong\n"


def test_what_all_processes_found_is_said_by_the_first_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def status(error: GanLabError) -> str | int | None:
        with as_hydra_config(composition("config", ())), pytest.raises(SystemExit) as caught, plain_errors():
            raise error
        return caught.value.code

    monkeypatch.delenv("SLURM_LOCALID", raising=False)
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert status(NonFiniteError("the loss is NaN")) == 0
    assert status(GanLabError("wrong")) == "gan_lab: wrong"
    monkeypatch.setenv("LOCAL_RANK", "0")
    assert status(NonFiniteError("the loss is NaN")) == "gan_lab: the loss is NaN"


def test_a_folder_goes_if_nothing_was_written_into_it(tmp_path: Path) -> None:
    for name, full in (("empty", False), ("full", True)):
        folder = tmp_path / name
        with no_empty_folder(folder):
            folder.mkdir()
            if full:
                (folder / "file").touch()
        assert folder.exists() == full
    with pytest.raises(GanLabError), no_empty_folder(tmp_path / "never"):
        raise GanLabError("refused")


def test_the_last_value_on_the_command_line_is_what_was_asked_for() -> None:
    line = ["a=1", "b=", "b=2", "c='x y'", 'd="z"', "e=1", "e=null", "f='p=q'", "gg=1", "h=3", "h="]
    asked = {name: requested(name, line) for name in "abcdefgh"}
    assert asked == {"a": "1", "b": "2", "c": "x y", "d": "z", "e": None, "f": "p=q", "g": None, "h": None}
    assert requested("b", ["b=2", "b="]) is None
    assert requested("b", []) is None
    assert requested("b", ["b=1", "b=2", "b=3"]) == "3"


def test_an_error_while_importing_leaves_the_collection_of_garbage_on() -> None:
    with pytest.raises(ImportError), heavy_imports():
        raise ImportError
    assert gc.isenabled()


def test_nothing_is_left_of_the_folders_of_a_refused_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path, left in (("outputs/gan/now", []), (".", []), (str(tmp_path / "out"), []), ("kept/now", ["kept"])):
        Path(path).mkdir(parents=True, exist_ok=True)
        if left:
            (tmp_path / "kept" / "file").touch()
        with no_empty_folder(path):
            pass
        assert [one.name for one in tmp_path.iterdir()] == left

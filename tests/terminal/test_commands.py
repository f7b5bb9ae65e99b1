"""What is printed to be pasted into a shell is understood by the command line as it was meant."""

import shlex
from pathlib import Path

import pytest

from gan_lab.cli.arguments import Command, parsed, understood
from gan_lab.cli.command import requested
from gan_lab.terminal.commands import assigned, bare, typed

PATHS = (
    "outputs/gan/2024-01-02",
    "my runs/gan",
    'it\'s/"best"',
    "a,b/[1]",
    "lr=3,seed=1",
    "seed=1/gan",
    "model=gan",
    "-m",
    "~me",
    "2024",
    "null",
    "../{x}:(y)",
    "back\\slash\\",
    "$HOME/*",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", ["evaluate", "sample"])
def test_a_path_alone_is_read_back(path: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    (here / path).mkdir(parents=True)
    monkeypatch.chdir(here)
    _, _, module, *words = shlex.split(typed(f"gan_lab.{name}", bare(path), "n=100"))
    given, n = understood(words, Command(module, name, path="checkpoint"))
    assert parsed(given).get_key_element() == "checkpoint"
    assert str(parsed(given).value()).removeprefix("./") == path
    assert n == "n=100"


@pytest.mark.parametrize("path", PATHS)
def test_a_path_to_resume_is_read_back(path: str) -> None:
    _, _, module, *words = shlex.split(typed("gan_lab", assigned("resume", path), "epochs=6"))
    given = understood(words, Command(module, "config"))
    assert requested("resume", given) == path


def test_an_ordinary_command_has_no_quotes() -> None:
    command = typed("gan_lab", assigned("resume", "outputs/gan/2024-01-02_10-00"), "optimizer.lr=1e-4")
    assert command == "python -m gan_lab resume=outputs/gan/2024-01-02_10-00 optimizer.lr=1e-4"
    assert typed("gan_lab", assigned("resume", "my runs/gan")) == "python -m gan_lab 'resume=my runs/gan'"
    assert typed("gan_lab", assigned("resume", "a,b")) == """python -m gan_lab 'resume="a,b"'"""

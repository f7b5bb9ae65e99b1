"""All of the library is called, as its docstrings show it, after every module of gan_lab has been imported."""

import subprocess
import sys
from pathlib import Path

import pytest

import gan_lab
from tests.commands import environment
from tests.library.called import all_examples, called
from tests.library.examples import examples, public

EXPLAINED = {"Model.numbers"}
"""What the docstring of its class explains."""


def test_everything_public_is_documented_by_an_example() -> None:
    assert {*public()} - {name for name, _ in examples()} == EXPLAINED


@pytest.mark.slow
def test_the_examples_run_though_every_module_was_imported(tmp_path: Path) -> None:
    called(all_examples, cwd=tmp_path)


def test_importing_it_imports_nothing_slow() -> None:
    code = "import sys, gan_lab; dir(gan_lab); gan_lab.GanLabError; print(*{'torch', 'hydra'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_other_names_are_unknown() -> None:
    assert {*gan_lab.__all__} <= {*dir(gan_lab)}
    with pytest.raises(AttributeError, match="module 'gan_lab' has no attribute 'train'"):
        gan_lab.__getattr__("train")

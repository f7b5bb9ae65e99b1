"""What is released: one version everywhere, a citation, and a wheel that works where the checkout is not."""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from pkgutil import resolve_name

import pytest
import torch
from omegaconf import OmegaConf
from packaging.utils import canonicalize_name

import gan_lab
from gan_lab import __version__
from gan_lab.runs.provenance import provenance
from tests.commands import REPOSITORY, run_folders
from tests.documents import TEXTS
from tests.release import NAME, build, check_contents, install, run

CITATION = OmegaConf.to_container(OmegaConf.load(REPOSITORY / "CITATION.cff"))
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
OPENED_AND_SAVED = """
import gan_lab
gan_lab.load("gmgan_dynamic").save("saved")
gan_lab.load("saved").save("copy")
"""
HEADING = re.compile(r"^## \[(\S+)\] - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


def test_one_version_everywhere() -> None:
    newest, date = HEADING.findall((REPOSITORY / "CHANGELOG.md").read_text())[0]
    assert isinstance(CITATION, dict)
    assert {newest, CITATION["version"], provenance(torch.device("cpu"))["versions"]["gan_lab"]} == {__version__}
    assert CITATION["date-released"] == date


def test_the_citation_is_of_this_package() -> None:
    """The keys that CFF 1.2.0 requires, and those of a software with an entity as its author."""
    assert isinstance(CITATION, dict)
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["type"] == "software"
    assert CITATION["message"]
    licence, _, copyright_line = (REPOSITORY / "LICENSE").read_text().splitlines()[:3]
    assert licence == f"{CITATION['license']} License"
    assert [copyright_line.partition("2026 ")[2]] == [author["name"] for author in CITATION["authors"]]
    assert CITATION["title"] == gan_lab.__name__
    assert CITATION["abstract"] == PROJECT["description"]
    assert not CITATION.keys() - {
        *("cff-version", "message", "title", "type", "authors", "version", "date-released", "license", "abstract"),
        "keywords",
    }


def test_no_text_lets_pip_fetch_another_project() -> None:
    """gan-lab is somebody else's, and pip takes every way to write gan_lab for it."""
    assert canonicalize_name(PROJECT["name"]) == canonicalize_name(NAME) != canonicalize_name(gan_lab.__name__)
    asked = re.compile(r"pip install [^`\n]*?\bgan[-_.]lab\b(?![-_]mnist)", re.IGNORECASE)
    texts = [*(REPOSITORY / "gan_lab").rglob("*.py"), *TEXTS]
    assert [str(path) for path in texts if asked.search(path.read_text())] == []
    extras = [text for some in PROJECT["optional-dependencies"].values() for text in some if "gan" in text]
    assert extras == [f"{PROJECT['name']}[slurm,ray,dashboard,frames,hub,onnx]"]


@pytest.mark.slow
def test_an_installed_wheel_trains_and_opens_the_models_that_come_with_it(tmp_path: Path) -> None:
    sdist, wheel = build(tmp_path / "dist")
    check_contents(sdist, wheel)
    cwd = tmp_path / "elsewhere"
    cwd.mkdir()
    python = install(wheel, tmp_path / "venv")
    small = ("data=digits", "generator_steps=2", "callbacks.evaluation.n=50")
    run(python, "-m", "gan_lab", *small, cwd=cwd)
    assert run_folders(cwd)
    run(python, "-c", OPENED_AND_SAVED, cwd=cwd)
    copy = gan_lab.load(cwd / "copy").sample(9, seed=1, label=3).x
    assert torch.equal(copy, gan_lab.load("gmgan_dynamic").sample(9, seed=1, label=3).x)


def test_the_changelog_says_where_everything_went() -> None:
    """In the table of the newest version, each new name is there to import, and no old one is."""
    newest = (REPOSITORY / "CHANGELOG.md").read_text().split(f"\n## [{__version__}]")[1].split("\n## [")[0]
    rows = [[re.findall(r"`(gan_lab[\w.]*)`", cell) for cell in line.split("|")[1:3]] for line in newest.splitlines()]
    moved = [row for row in rows if len(row) == 2 and all(row)]
    assert len(moved) > 60
    for old, new in moved:
        assert [name for name in new if not importable(name)] == []
        assert [name for name in old if importable(name)] == []


def importable(name: str) -> bool:
    """Whether it is a module, found without running it, or what a module has."""
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # its parent is no package
        pass
    try:
        resolve_name(name)
    except (AttributeError, ModuleNotFoundError):
        return False
    return True

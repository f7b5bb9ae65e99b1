"""What every record says of its code and its machine."""

import platform
import subprocess
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
import torch

from gan_lab.runs.provenance import PACKAGE, code_digest, commit, provenance


def test_a_record_names_the_machine_and_what_ran_on_it() -> None:
    found = provenance(torch.device("cpu"))
    machine, versions = found["machine"], found["versions"]
    assert (machine["device"], machine["processes"]) == ("cpu", 1)
    assert (machine["threads"], machine["python"]) == (torch.get_num_threads(), platform.python_version())
    assert machine["cores"] >= 1
    assert versions["torch"] == version("torch")
    assert {"gan_lab", "lightning", "torchmetrics"} <= versions.keys()
    more = provenance(torch.device("meta"), 4, ["scipy"])
    assert (more["machine"]["processes"], more["machine"]["device"]) == (4, "meta")
    assert more["versions"] == versions | {"scipy": version("scipy")}
    assert found["commit"] == more["commit"] == commit(PACKAGE.parent)


@pytest.fixture
def git(tmp_path: Path) -> Callable[..., str]:
    """Git, in a new repository."""

    def run(*command: str) -> str:
        somebody = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
        told = subprocess.run(["git", *somebody, *command], cwd=tmp_path, capture_output=True, text=True, check=True)
        return told.stdout.strip()

    run("init", "--quiet")
    return run


def committed(git: Callable[..., str], path: Path) -> str:
    path.write_text("1")
    git("add", "--all")
    git("commit", "--quiet", "--message", "A file")
    return git("rev-parse", "HEAD")


def test_the_commit_is_that_of_the_checkout_whatever_a_hook_sets(
    git: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = committed(git, tmp_path / "code.py")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert commit(tmp_path) == head


def test_a_changed_file_is_said(git: Callable[..., str], tmp_path: Path) -> None:
    head = committed(git, tmp_path / "code.py")
    (tmp_path / "new.txt").touch()
    (tmp_path / "code.py").write_text("2")
    assert commit(tmp_path) == f"{head}-dirty"


def test_a_package_in_the_repository_of_somebody_else_has_no_commit(git: Callable[..., str], tmp_path: Path) -> None:
    committed(git, tmp_path / "code.py")
    (tmp_path / "site-packages").mkdir()
    assert commit(tmp_path / "site-packages") is None


def test_a_checkout_without_a_commit_or_without_git_has_none(
    git: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert commit(tmp_path) is None
    committed(git, tmp_path / "code.py")
    commit.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit(tmp_path) is None
    commit.cache_clear()


def test_the_digest_of_code_follows_every_name_and_every_byte(tmp_path: Path) -> None:
    def digest(**files: str) -> str:
        folder = tmp_path / str(len([*tmp_path.iterdir()]))
        for name, text in files.items():
            path = folder / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return code_digest(folder)

    first = digest(a="x = 1", room__b="y = 2")
    assert digest(room__b="y = 2", a="x = 1") == first
    others = [
        digest(a="x = 1", room__b="y = 3"),
        digest(a="x = 1", room__c="y = 2"),
        digest(a="x = 1y = 2", room__b=""),
    ]
    assert len({first, *others}) == 4

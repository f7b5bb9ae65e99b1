"""Which versions gan_lab is for: of Python, of what it is built on, and the ones that the tests run with."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import gan_lab
from tests.commands import REPOSITORY
from tests.versions import RESOLUTIONS, RESULT, outcome

LOCK = (REPOSITORY / "requirements.lock").read_text()
ENTRIES = re.sub(r"^#.*\n", "", LOCK, flags=re.MULTILINE).replace("\\\n", "").splitlines()
ENTRY = re.compile(r"\S+==\S+( ; [^#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+")
PINS = [Requirement(re.split(r"\s+--hash", entry)[0]) for entry in ENTRIES if ENTRY.fullmatch(entry.strip())]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
PYTHONS = SpecifierSet(PROJECT["requires-python"])
INSTALLED = ("slurm", "ray", "dashboard", "test")
"""The extras that [test] brings along."""
ADMITTED = [f"3.{minor}" for minor in range(20) if f"3.{minor}" in PYTHONS]


def wanted(*extras: str) -> list[Requirement]:
    """What pyproject.toml asks for, with these extras."""
    lists = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
    return [Requirement(text) for some in lists for text in some if not text.startswith(f"{PROJECT['name']}[")]


def imported(version: tuple[int, int]) -> "subprocess.CompletedProcess[str]":
    """What becomes of the import on an interpreter that gives itself out as another one."""
    code = f"import sys; sys.version_info = {version}; import gan_lab"
    return subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_every_entry_of_the_lock_is_one_version_with_hashes() -> None:
    assert [entry for entry in ENTRIES if not ENTRY.fullmatch(entry.strip())] == []


def test_the_lock_names_no_place() -> None:
    """Neither a registry nor a file: what pip is configured with serves."""
    assert re.findall(r".*[/@].*|.*--(?!hash=).*", LOCK) == []


@pytest.mark.parametrize("python", ADMITTED)
def test_the_lock_has_all_that_is_asked_for_within_its_bounds(python: str) -> None:
    platform = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    pins = [pin for pin in PINS if pin.marker is None or pin.marker.evaluate(platform)]
    versions = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}
    assert len(versions) == len(pins)
    for one in wanted(*PROJECT["optional-dependencies"]):
        assert one.specifier.contains(versions[canonicalize_name(one.name)]), one


def test_every_lower_bound_is_what_make_versions_tested() -> None:
    """A bound that was moved since then has not been tried."""
    tested = json.loads((REPOSITORY / RESULT).read_text())
    assert all(tested[name]["failed"] == [] and tested[name]["passed"] > 100 for name in RESOLUTIONS)
    assert [".".join(tested[name]["python"].split(".")[:2]) for name in RESOLUTIONS] == [ADMITTED[0], ADMITTED[-1]]
    versions = {canonicalize_name(name): Version(version) for name, version in tested["lowest"]["versions"].items()}
    for one in wanted(*INSTALLED):
        bounds = [Version(part.version) for part in one.specifier if part.operator == ">="]
        assert bounds == [versions[canonicalize_name(one.name)]], one


def test_a_report_is_counted(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        "<testsuites><testsuite><testcase classname='tests.a' name='good'/>"
        "<testcase classname='tests.a' name='bad'><failure/></testcase>"
        "<testcase classname='tests.a' name='unmade'><error/></testcase>"
        "<testcase classname='tests.a' name='left'><skipped/></testcase></testsuite></testsuites>"
    )
    assert outcome(report) == {"passed": 1, "skipped": 1, "failed": ["tests.a::bad", "tests.a::unmade"]}


@pytest.mark.parametrize("minor", range(8, 20))
def test_another_python_is_refused_in_a_sentence(minor: int) -> None:
    done = imported((3, minor))
    if f"3.{minor}" in ADMITTED:
        assert (done.returncode, done.stderr) == (0, "")
    else:
        assert done.returncode == 1
        said = f"gan_lab runs on Python {ADMITTED[0]} to {ADMITTED[-1]}, and {sys.executable} is 3.{minor}: "
        assert done.stderr.startswith(said)
        assert done.stderr.count("\n") == 1


def test_an_older_python_can_read_the_refusal() -> None:
    ast.parse(Path(gan_lab.__file__).read_text(), feature_version=(3, 8))

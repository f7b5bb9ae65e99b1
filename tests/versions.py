"""python -m tests.versions: tests gan_lab with the lowest versions that pyproject.toml admits, and with the newest.

Each time in a fresh environment, which is removed at the end. A failed test makes the exit status 1. What was installed
and what became of the tests is written to outputs/reference/versions.json.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import torch

from gan_lab.runs.atomic import write_json
from gan_lab.runs.provenance import commit, machine
from tests.commands import REPOSITORY, environment

RESULT = Path("outputs/reference/versions.json")
RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}
"""What uv calls them; of packages that only others ask for, the newest that goes with the rest."""
TESTS = ("tests/test_models.py", "tests/test_end_to_end.py", "tests/golden", "tests/runs", "tests/sweep")
"""Every variant, all commands one after the other, the numbers of the first rounds, files, and sweeps."""
QUICK = ("-m", "not slow and not nightly and not browser")


def uv(*arguments: str | Path) -> str:
    command: list[str | Path] = [Path(sys.executable).parent / "uv", *arguments, "--no-python-downloads", "--quiet"]
    return subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True).stdout


def tested(python: str, resolution: str, folder: Path) -> dict[str, Any]:
    """Makes the environment, runs the tests in it, and returns both: the versions and the outcome."""
    uv("venv", "--python", python, folder / "venv")
    own = folder / "venv" / "bin" / "python"
    uv("pip", "install", "--python", own, "--resolution", resolution, "--editable", ".[test]")
    report = folder / "report.xml"
    pytest: list[str | Path] = [own, "-m", "pytest", "-q", "-n", "0", *QUICK, *TESTS, f"--junitxml={report}"]
    subprocess.run(pytest, cwd=REPOSITORY, env=environment(), check=False)
    (version,) = subprocess.run([own, "--version"], capture_output=True, text=True, check=True).stdout.split()[1:]
    installed = json.loads(uv("pip", "list", "--python", own, "--format", "json"))
    versions = {package["name"]: package["version"] for package in installed if package["name"] != "gan-lab-mnist"}
    return {
        "commit": commit(REPOSITORY),
        "date": date.today().isoformat(),
        "python": version,
        "machine": machine(torch.device("cpu"), 1) | {"python": version},
        **outcome(report),
        "versions": versions,
    }


def outcome(report: Path) -> dict[str, Any]:
    """Counts the tests of a JUnit report, and names those that failed."""
    cases = [*ElementTree.parse(report).iter("testcase")]
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = sum(case.find("skipped") is not None for case in cases)
    return {
        "passed": len(cases) - len(failed) - skipped,
        "skipped": skipped,
        "failed": [f"{case.get('classname')}::{case.get('name')}" for case in failed],
    }


def main() -> None:
    """Exits with an error where a test failed, or where none was run."""
    parser = argparse.ArgumentParser(prog="python -m tests.versions", description="Test the bounds of the versions.")
    parser.add_argument("--lowest", default="python3.11", help="the Python for the lowest versions")
    parser.add_argument("--newest", default="python3.13", help="the Python for the newest ones")
    parser.add_argument("--only", choices=RESOLUTIONS, help="test these alone and keep what was recorded of the others")
    arguments = parser.parse_args()
    only = arguments.only
    found = {}
    for name in [only] if only else RESOLUTIONS:
        with tempfile.TemporaryDirectory() as folder:
            found[name] = tested(getattr(arguments, name), RESOLUTIONS[name], Path(folder))
        print(f"{name}: {found[name]['passed']} passed, {len(found[name]['failed'])} failed")
    before = json.loads((REPOSITORY / RESULT).read_text()) if only else {}
    write_json(REPOSITORY / RESULT, {**before, "command": "python -m tests.versions", "tests": [*TESTS], **found})
    sys.exit(1 if any(one["failed"] or not one["passed"] for one in found.values()) else 0)


if __name__ == "__main__":
    main()

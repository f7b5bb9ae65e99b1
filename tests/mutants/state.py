"""What a campaign has found so far, in a file: where it was stopped, it goes on."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from gan_lab.runs.atomic import write_json
from tests.mutants.bench import Outcome


class State:
    """Outcomes by group, marks and mutant. A group is a room, or a place of tests that ran without a mutant.

    What was found of a group is forgotten where the package or the group's tests are others by now.
    """

    def __init__(self, path: Path, groups: dict[str, str]) -> None:
        """`groups` has the fingerprint of each."""
        self.path = path
        saved: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
        fresh: dict[str, Any] = {name: {"fingerprint": mark, "outcomes": {}} for name, mark in groups.items()}
        known = {name: one for name, one in saved.items() if fresh.get(name, one)["fingerprint"] == one["fingerprint"]}
        self.groups = fresh | known

    def get(self, group: str, marks: str, what: str) -> Outcome | None:
        found = self.groups[group]["outcomes"].get(f"{marks}: {what}")
        return Outcome(**found) if found else None

    def put(self, group: str, marks: str, what: str, outcome: Outcome) -> None:
        self.groups[group]["outcomes"][f"{marks}: {what}"] = asdict(outcome)
        write_json(self.path, self.groups)


def fingerprint(root: Path, tests: Sequence[str]) -> str:
    """Changes with the package, its configurations, the tests and what all tests share."""
    files = [path for name in ("gan_lab", "tests", "conf") for path in (root / name).rglob("*") if path.is_file()]
    apart = {"__pycache__", "mutants", "benchmarks"}
    shared = [
        path for path in files if not apart & {*path.relative_to(root).parts} and not path.name.startswith("test_")
    ]
    own = [root / test for test in tests]
    digest = sha256()
    for path in sorted({*shared, *own, root / "pyproject.toml"}):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()

"""A place for broken runs: what each command leaves when nothing happens to it, and how it is compared."""

import shutil
import tempfile
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from tests.faults.commands import Aim, Ended, run, take_aim
from tests.faults.results import partial_files
from tests.faults.scenarios import SCENARIOS, TRAIN, TRAINED, Scenario, bring


@dataclass(frozen=True)
class Whole:
    """An uninterrupted command: its results, its seconds and its renames of files."""

    found: Any
    seconds: float
    renames: int


@dataclass
class Bench:
    """A folder in which runs are broken, each in a folder of its own that is removed when all went well."""

    folder: Path
    wholes: dict[str, Whole] = field(default_factory=dict)

    def fresh(self, scenario: Scenario | None = None) -> Path:
        """Makes a new folder, with what the scenario opens."""
        cwd = Path(tempfile.mkdtemp(dir=self.folder))
        if scenario is not None and scenario.needs is not None:
            bring({TRAINED: self.trained, "run": self.stopped}[scenario.needs], cwd)
        return cwd

    @cached_property
    def trained(self) -> Path:
        """A finished run."""
        cwd = self.fresh()
        whole(run(TRAIN, cwd))
        return (cwd / TRAINED).rename(self.folder / TRAINED)

    @cached_property
    def stopped(self) -> Path:
        """A training that was killed on its way: it has a last checkpoint and the one before."""
        cwd = self.fresh()
        run(
            SCENARIOS["training"].first,
            cwd,
            spoil=partial(take_aim, Aim(self.whole("training").renames // 2, after=True)),
        )
        assert (cwd / "run" / "checkpoints" / "previous.ckpt").is_file()
        return cwd / "run"

    def whole(self, name: str) -> Whole:
        """Returns the uninterrupted command of a scenario, run once."""
        if name not in self.wholes:
            scenario = SCENARIOS[name]
            assert self.trained  # the first command starts the process that all others are forked from
            cwd = self.fresh(scenario)
            ended = whole(run(scenario.first, cwd, spoil=partial(take_aim, Aim(0))))
            found = scenario.found(cwd)
            self.wholes[name] = Whole(found, ended.seconds, int((cwd / "renames").read_text()))
            shutil.rmtree(cwd)
        return self.wholes[name]

    def finish(self, scenario: Scenario, cwd: Path) -> None:
        """Types what one types after a fault, and compares what is there with the uninterrupted command."""
        expected = self.whole(scenario.name).found
        if (words := scenario.again(cwd)) is not None:
            whole(run(words, cwd))
        assert (left := partial_files(cwd)) == [], f"partial files are left: {left}"
        differences = compared(scenario.found(cwd), expected)
        assert not differences, f"{cwd}: {', '.join(differences[:5])} differ from the uninterrupted run"
        shutil.rmtree(cwd)


def whole(ended: Ended) -> Ended:
    """Returns a command that ended well. Fails for others, with what they printed."""
    assert ended.status == 0, f"status {ended.status}: {ended.printed[-2000:]}"
    assert ended.left == 0, f"{ended.left} processes are left"
    return ended


def refused(ended: Ended, *words: str) -> str:
    """Returns what a command printed that ended with status 1 and one clear sentence with these words."""
    assert ended.status == 1, f"status {ended.status}: {ended.printed[-2000:]}"
    assert "Traceback" not in ended.printed, ended.printed[-3000:]
    assert ended.left == 0, f"{ended.left} processes are left"
    for word in words:
        assert word in ended.printed, f"{word!r} is not in {ended.printed[-1500:]}"
    return ended.printed


def compared(found: Any, expected: Any, path: str = "") -> list[str]:
    """Returns the places in which two nested values differ."""
    if isinstance(found, dict) and isinstance(expected, dict):
        keys = [*found, *(key for key in expected if key not in found)]
        return [d for key in keys for d in compared(found.get(key), expected.get(key), f"{path}/{key}")]
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        pairs = zip(found, expected, strict=True)
        return [d for index, (one, other) in enumerate(pairs) for d in compared(one, other, f"{path}[{index}]")]
    return [] if found == expected else [path]

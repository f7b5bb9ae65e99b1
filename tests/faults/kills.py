"""Kills: at random moments, and aimed at each rename of a file."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from tests.faults.bench import Bench
from tests.faults.commands import Aim, run, take_aim
from tests.faults.scenarios import SCENARIOS


@dataclass(frozen=True)
class Kill:
    """A kill of a scenario's command, after a share of its time or at an aim."""

    scenario: str
    share: float | None = None
    aim: Aim | None = None

    def __str__(self) -> str:
        if self.aim is None:
            return f"{self.scenario}, at {self.share:.0%} of its time"
        return f"{self.scenario}, {'after' if self.aim.after else 'before'} rename {self.aim.number}"


def random_kills(count: int, seed: int) -> Iterator[Kill]:
    """Yields kills at random moments, of every scenario in turn."""
    draw, names = random.Random(seed), [*SCENARIOS]
    for number in range(count):
        yield Kill(names[number % len(names)], share=draw.random())


def aimed_kills(bench: Bench, each: int, names: Iterable[str] = SCENARIOS) -> Iterator[Kill]:
    """Yields kills of scenarios just before and just after renames: the first, the last, and some in between."""
    for name in names:
        renames = bench.whole(name).renames
        last = min(each, renames) - 1
        places = {1 + round(index * (renames - 1) / max(1, last)) for index in range(last + 1)}
        for number in sorted(places):
            yield Kill(name, aim=Aim(number, after=False))
            yield Kill(name, aim=Aim(number, after=True))


def survive(bench: Bench, kill: Kill) -> None:
    """Kills the command, types what one types then, and fails where anything differs or is left."""
    scenario, whole = SCENARIOS[kill.scenario], bench.whole(kill.scenario)
    cwd = bench.fresh(scenario)
    after = None if kill.share is None else kill.share * whole.seconds
    spoil = None if kill.aim is None else partial(take_aim, kill.aim)
    ended = run(scenario.first, cwd, kill_after=after, spoil=spoil)
    assert ended.status == -9 or kill.share is not None, f"status {ended.status}: {ended.printed[-2000:]}"
    assert ended.left == 0, f"{ended.left} processes are left"
    bench.finish(scenario, cwd)

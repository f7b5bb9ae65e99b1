"""Planting bugs, running the tests, noting which ones nobody found."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from tqdm import tqdm

from tests.mutants.bench import Bench, Outcome
from tests.mutants.mutant import Mutant
from tests.mutants.rooms import files_of_tests, likely_first, places_of_tests
from tests.mutants.state import State

Item = TypeVar("Item")

QUICK = "not slow and not nightly"
"""What `make test` runs."""
SLOW = "slow and not nightly"
"""What `make test-all` runs besides."""
CLEAN = "no mutant"
LONGEST = 1800.0
"""Seconds that tests may take without a bug."""
LEAST = 60.0
"""Seconds that any bug is given."""
TIMES = 5.0
"""A bug may make the tests take so many times as long; then it counts as found: they would never end."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A mutant and the room that it is in."""

    room: str
    mutant: Mutant


class Campaign:
    """Every mutant against the quick tests of its room, and those that survive against the slow ones.

    The tests run once without any mutant: they must pass, and their time is the measure for the limit.
    """

    def __init__(self, root: Path, state: State, workers: int, seed: int) -> None:
        self.root = root
        self.state = state
        self.workers = workers
        self.seed = seed

    def run(self, planted: Sequence[Planted]) -> None:
        """All that is not in the state yet. Raises SystemExit where tests fail without a mutant."""
        with self.benches() as benches:
            for marks, name in ((QUICK, "quick"), (SLOW, "slow")):
                left = [one for one in planted if marks == QUICK or self.survives(one, QUICK)]
                places = {place: None for one in left for place in places_of_tests(self.root, one.room)}
                clean = [place for place in places if not self.is_clean(place, marks)]
                self.each(benches, clean, partial(self.clean, marks), f"{name}, no mutant")
                if failing := [place for place in places if not self.is_clean(place, marks)]:
                    raise SystemExit(f"these tests fail without a mutant: {', '.join(failing)}")
                todo = [one for one in left if self.outcome(one, marks) is None]
                self.each(benches, todo, partial(self.plant, marks), name)

    @contextmanager
    def benches(self) -> Iterator["SimpleQueue[Bench]"]:
        """One for each worker."""
        with tempfile.TemporaryDirectory(prefix="mutants") as folder, ExitStack() as stack:
            benches: SimpleQueue[Bench] = SimpleQueue()
            for number in range(self.workers):
                bench = Bench(self.root, Path(folder) / str(number))
                stack.callback(bench.close)
                benches.put(bench)
            yield benches

    def each(
        self,
        benches: "SimpleQueue[Bench]",
        items: Sequence[Item],
        work: Callable[[Bench, Item], tuple[str, str, str, Outcome]],
        what: str,
    ) -> None:
        """The work on every item, on whichever bench is free, under a bar; each outcome is written at once."""

        def on_a_bench(item: Item) -> tuple[str, str, str, Outcome]:
            bench = benches.get()
            try:
                return work(bench, item)
            finally:
                benches.put(bench)

        pool = ThreadPoolExecutor(self.workers)
        try:
            jobs = [pool.submit(on_a_bench, item) for item in items]
            for job in tqdm(as_completed(jobs), what, len(jobs), disable=not jobs):
                self.state.put(*job.result())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def clean(self, marks: str, bench: Bench, place: str) -> tuple[str, str, str, Outcome]:
        outcome = bench.test(files_of_tests(self.root, [place]), marks, LONGEST)
        if not outcome.passed:
            tqdm.write(f"{bench.said()}\n{place} fails without a mutant: {outcome.by or outcome}")
        return place, marks, CLEAN, outcome

    def is_clean(self, place: str, marks: str) -> bool:
        """Returns whether the tests in this place ran without a mutant and passed."""
        outcome = self.state.get(place, marks, CLEAN)
        return outcome is not None and outcome.passed

    def plant(self, marks: str, bench: Bench, one: Planted) -> tuple[str, str, str, Outcome]:
        places = places_of_tests(self.root, one.room)
        seconds = sum(outcome.seconds for place in places if (outcome := self.state.get(place, marks, CLEAN)))
        tests = likely_first(self.root, files_of_tests(self.root, places), one.mutant.file)
        outcome = bench.test(tests, marks, max(LEAST, TIMES * seconds), one.mutant)
        return one.room, marks, one.mutant.digest(self.seed), outcome

    def outcome(self, one: Planted, marks: str) -> Outcome | None:
        return self.state.get(one.room, marks, one.mutant.digest(self.seed))

    def survives(self, one: Planted, *marks: str) -> bool:
        """Whether it ran against all of these and none found it."""
        outcomes = [self.outcome(one, each) for each in marks]
        return all(outcome is not None and outcome.passed for outcome in outcomes)

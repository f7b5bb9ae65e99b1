"""How the parts of a measurement share its time, with processes that need no GPU."""

import copy
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gpu.plan import Part, Record, play


def part(name: str, code: str, limit: float = 20, least: float = 0) -> Part:
    return Part(name, (sys.executable, "-c", f"import sys, time; {code}"), limit, least)


@pytest.fixture
def written() -> list[Record]:
    return []


def test_a_failure_is_recorded_and_the_rest_goes_on(written: list[Record]) -> None:
    parts = [
        part("one", "print('{\"a\": 1}'); print('a library says so'); print('{\"a\": 2}'); print('{\"a\": 3')"),
        part("two", "print('[1]'); sys.exit('it broke')"),
        Part("three", ("/no/such/program",), 20, 0),
        part("four", "print(sys.argv[1])", limit=15),
    ]
    record = play(parts, 100, lambda found: written.append(copy.deepcopy(found)))
    assert [len(found) for found in written] == [1, 2, 3, 4]
    assert written[-1] == record
    assert (record["one"]["status"], record["one"]["result"]) == ("done", {"a": 2})
    assert "reason" not in record["one"]
    assert (record["two"]["status"], record["two"]["result"]) == ("failed", [1])
    assert record["two"]["reason"] == "exit status 1: it broke"
    assert record["three"]["status"] == "failed"
    assert "/no/such/program" in record["three"]["reason"]
    assert record["four"]["result"] == 15


def test_parts_are_stopped_at_their_limit_with_what_they_found(written: list[Record], tmp_path: Path) -> None:
    """And so are their children."""
    alive = tmp_path / "alive"
    child = f"import time; time.sleep(2); open({str(alive)!r}, 'w')"
    code = (
        f"import subprocess; subprocess.Popen([sys.executable, '-c', {child!r}]); print(7, flush=True); time.sleep(60)"
    )
    start = time.monotonic()
    record = play([part("slow", code, limit=1)], 100, written.append)
    assert (record["slow"]["status"], record["slow"]["result"]) == ("stopped", 7)
    assert record["slow"]["reason"].startswith("it took longer than 1 seconds")
    time.sleep(max(0, start + 3.5 - time.monotonic()))
    assert not alive.exists()


def test_parts_that_do_not_fit_are_skipped_and_shorter_ones_are_not(written: list[Record]) -> None:
    """A clock that runs ten seconds in each part."""

    def ticks() -> Iterator[float]:
        now = 0.0
        while True:
            yield now
            now += 10

    clock = ticks()
    limits = "print(sys.argv[1])"
    parts = [
        part("first", limits, limit=60),
        part("long", limits, least=50),
        part("short", limits, limit=40, least=10),
        part("last", limits, least=11),
    ]
    record = play(parts, 40, written.append, lambda: next(clock))
    assert {name: each["status"] for name, each in record.items()} == {
        "first": "done", "long": "skipped", "short": "done", "last": "skipped",
    }  # fmt: skip
    assert record["first"]["result"] == 30
    assert record["long"]["reason"] == "20 seconds were left, and this part needs 50"
    assert record["short"]["result"] == 10
    assert record["last"]["reason"].startswith("0 seconds were left")

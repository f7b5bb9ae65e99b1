"""What two processes know of each other and compute together; and one that is alone."""

import multiprocessing
import time
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from gan_lab.distributed.ranks import (
    alone,
    average,
    average_all,
    grouped,
    maximum,
    rank,
    rank_zero_first,
    share,
    together,
    total,
)

FORK = multiprocessing.get_context("fork")


def values(number: int) -> torch.Tensor:
    return torch.tensor([1.0, 5.0]) if number == 0 else torch.tensor([3.0, 2.0])


def one_of(number: int, world_size: int, folder: Path, answers: Any) -> None:
    """Joins a group and answers with what this process found."""
    dist.init_process_group("gloo", f"file://{folder}/group", rank=number, world_size=world_size)
    found: dict[str, Any] = {"rank": rank(), "alone": alone(), "grouped": grouped()}
    given = values(number)
    found["average"] = average(given).tolist()
    found["in place"] = given.tolist()
    several = [values(number), torch.full((2, 3), number, dtype=torch.float64), values(number)[:1]]
    average_all(several)
    found["averages"] = [tensor.tolist() for tensor in several]
    found["maximum"] = maximum(values(number)).tolist()
    found["outside"] = [*share(range(5))], total(values(number)).tolist()
    with together():
        found["inside"] = [*share(range(5))], total(values(number)).tolist()
        with rank_zero_first():  # a rank may compute alone there
            found["first"] = [*share(range(5))], total(values(number)).tolist()
        found["again"] = [*share(range(5))]
    found["after"] = [*share(range(5))]
    written = folder / "written"
    for attempt in range(2):  # the first one must have ended before the other begins, each time
        with rank_zero_first():
            if number == 0:
                time.sleep(0.3)
                with rank_zero_first():  # which neither waits nor ends the outer one
                    written.write_text(str(attempt))
            found[f"saw {attempt}"] = written.read_text() if written.exists() else ""
        dist.barrier()
    answers.put((number, found))
    dist.destroy_process_group()


def asked(world_size: int, folder: Path) -> list[dict[str, Any]]:
    """What each of so many processes answers."""
    answers = FORK.Queue()
    processes = [FORK.Process(target=one_of, args=(n, world_size, folder, answers)) for n in range(world_size)]
    for process in processes:
        process.start()
    found = dict(answers.get(timeout=60) for _ in processes)
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    return [found[number] for number in range(world_size)]


def test_two_processes_agree_and_divide_their_work(tmp_path: Path) -> None:
    first, second = asked(2, tmp_path)
    for found in (first, second):
        assert (found["alone"], found["grouped"]) == (False, True)
        assert found["average"] == found["in place"] == [2.0, 3.5]
        assert found["averages"] == [[2.0, 3.5], [[0.5] * 3] * 2, [2.0]]
        assert found["maximum"] == [3.0, 5.0]
        assert found["after"] == [0, 1, 2, 3, 4]
        assert (found["saw 0"], found["saw 1"]) == ("0", "1")
    assert (first["rank"], second["rank"]) == (0, 1)
    assert first["outside"] == first["first"] == ([0, 1, 2, 3, 4], [1.0, 5.0])
    assert second["outside"] == second["first"] == ([0, 1, 2, 3, 4], [3.0, 2.0])
    assert first["inside"] == ([0, 2, 4], [4.0, 7.0])
    assert second["inside"] == ([1, 3], [4.0, 7.0])
    assert (first["again"], second["again"]) == ([0, 2, 4], [1, 3])


def test_a_group_of_one_is_alone(tmp_path: Path) -> None:
    (only,) = asked(1, tmp_path)
    assert (only["rank"], only["alone"], only["grouped"]) == (0, True, True)
    assert (only["average"], only["maximum"]) == ([1.0, 5.0], [1.0, 5.0])
    assert only["inside"] == only["outside"] == ([0, 1, 2, 3, 4], [1.0, 5.0])
    assert only["saw 0"] == "0"


def test_without_a_group_everything_stays_as_it_is() -> None:
    assert (rank(), alone(), grouped()) == (0, True, False)
    assert average(values(1)).tolist() == maximum(values(1)).tolist() == [3.0, 2.0]
    with together(), rank_zero_first():
        assert [*share("abc")] == ["a", "b", "c"]
        assert total(values(1)).tolist() == [3.0, 2.0]

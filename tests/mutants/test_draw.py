"""Which bugs are drawn, and of which tests they are."""

import ast
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.commands import REPOSITORY
from tests.mutants.draw import draw, excuses
from tests.mutants.mutant import Mutant
from tests.mutants.rooms import ROOT, files_of_tests, likely_first, places_of_tests, rooms

ROOMS = rooms(REPOSITORY)
FIRST = "def f(a, b):\n    if a < b:\n        g(a, b)\n    return a + b\n"
SECOND = "def g(a, dim=0):\n    return a.mean(dim=1) if a else -a\n"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A package of one room with two files."""
    room = tmp_path / "gan_lab" / "room"
    room.mkdir(parents=True)
    (room / "first.py").write_text(FIRST)
    (room / "second.py").write_text(SECOND)
    return tmp_path


def keys(drawn: Sequence[Mutant]) -> list[tuple[str, str, str]]:
    return [mutant.key for mutant in drawn]


def test_the_seed_says_what_is_drawn_and_lines_elsewhere_do_not(house: Path) -> None:
    first = keys(draw(house, "room", 5, 0, {})[0])
    assert first == keys(draw(house, "room", 5, 0, {})[0])
    assert any(first != keys(draw(house, "room", 5, seed, {})[0]) for seed in range(1, 4))
    (house / "gan_lab" / "room" / "first.py").write_text(f"# a comment\n\n{FIRST}")
    assert first == keys(draw(house, "room", 5, 0, {})[0])


def test_kinds_and_files_take_turns(house: Path) -> None:
    drawn, _ = draw(house, "room", 5, 0, {})
    assert len({mutant.kind for mutant in drawn}) == 5
    assert {mutant.file for mutant in drawn} == {"gan_lab/room/first.py", "gan_lab/room/second.py"}


def test_what_is_excused_gives_way_to_another(house: Path) -> None:
    everything, _ = draw(house, "room", 1000, 0, {})
    before, _ = draw(house, "room", 5, 0, {})
    after, left_out = draw(house, "room", 5, 0, {before[0].key: "It changes nothing."})
    assert left_out == [before[0]]
    assert len(after) == 5
    assert {*after} <= {*everything} - {before[0]}


def test_every_room_gives_five_and_all_give_enough() -> None:
    counts = {room: len(draw(REPOSITORY, room, 5, 0, {})[0]) for room in ROOMS}
    empty = [room for room, count in counts.items() if count == 0]
    code = [node for room in empty for file in ROOMS[room] for node in ast.parse((REPOSITORY / file).read_text()).body]
    assert all(isinstance(node, ast.Expr | ast.ImportFrom | ast.ClassDef) for node in code), "names and nothing else"
    assert {count for room, count in counts.items() if room not in empty} == {5}
    assert sum(counts.values()) >= 120


def test_every_room_has_tests_that_are_there() -> None:
    for room in ROOMS:
        places = places_of_tests(REPOSITORY, room)
        assert places, room
        files = files_of_tests(REPOSITORY, places)
        assert files, room
        assert [file for file in files if not (REPOSITORY / file).is_file()] == []


def test_the_namesake_of_a_module_runs_first_then_who_names_it(tmp_path: Path) -> None:
    for name, text in {"test_a": "", "test_b": "from gan_lab.room.hinge import Hinge", "test_hinge": ""}.items():
        (tmp_path / f"{name}.py").write_text(text)
    found = likely_first(tmp_path, ["test_a.py", "test_b.py", "test_hinge.py"], "gan_lab/room/hinge.py")
    assert found == ["test_hinge.py", "test_b.py", "test_a.py"]


def test_the_tests_of_a_folder_stay_together(tmp_path: Path) -> None:
    tests = ["a/test_x.py", "a/test_hinge.py", "b/test_hinge.py", "b/test_y.py", "c/test_z.py"]
    for test in tests:
        (tmp_path / test).parent.mkdir(exist_ok=True)
        (tmp_path / test).touch()
    found = likely_first(tmp_path, tests, "gan_lab/room/hinge.py")
    assert found == ["a/test_hinge.py", "a/test_x.py", "b/test_hinge.py", "b/test_y.py", "c/test_z.py"]


def test_every_excuse_is_of_a_line_that_is_there_and_says_why() -> None:
    for (file, line, mutation), why in excuses().items():
        assert line in [text.strip() for text in (REPOSITORY / file).read_text().splitlines()], (file, line)
        assert mutation != line
        assert why.endswith("."), why


def test_the_modules_at_the_root_are_one_room() -> None:
    assert "gan_lab/build.py" in ROOMS[ROOT]
    assert all(file.startswith(f"gan_lab/{room}/") for room, files in ROOMS.items() if room != ROOT for file in files)

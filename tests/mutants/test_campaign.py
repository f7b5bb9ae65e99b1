"""Bugs in a toy package: one that its quick tests find, one for its slow tests, one for none, one without an end."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.mutants.bench import Bench
from tests.mutants.campaign import QUICK, SLOW, Campaign, Planted
from tests.mutants.mutant import Mutant
from tests.mutants.report import enough, record, sentences
from tests.mutants.rooms import files_of_tests
from tests.mutants.state import State, fingerprint

FILE = "gan_lab/toy/count.py"
CODE = """\
def below(n):
    i = 0
    while i < n:
        i += 1
    return i


def twice(n):
    return 2 * n


def unasked(n):
    return n - 1
"""
TESTS = """\
import subprocess, sys
import pytest
from gan_lab.toy.count import below, twice

def test_below():
    assert below(3) == 3

@pytest.mark.slow
def test_twice_elsewhere(tmp_path):
    code = "from gan_lab.toy.count import twice; print(twice(3))"
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True).stdout == b"6\\n"
"""
QUICK_FINDS = Mutant(FILE, 2, "count", "    i = 0", "    i = 5")
SLOW_FINDS = Mutant(FILE, 9, "arithmetic", "    return 2 * n", "    return 2 / n")
NOBODY_FINDS = Mutant(FILE, 13, "arithmetic", "    return n - 1", "    return n + 1")
ENDLESS = Mutant(FILE, 4, "arithmetic", "        i += 1", "        i -= 1")
PLANTED = [Planted("toy", mutant) for mutant in (QUICK_FINDS, SLOW_FINDS, NOBODY_FINDS)]


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A repository with the package and its tests."""
    root = tmp_path / "toy"
    files = {FILE: CODE, "gan_lab/__init__.py": "", "gan_lab/toy/__init__.py": "", "tests/toy/test_count.py": TESTS}
    files["gan_lab/never_used.py"] = "import hydra, jaxtyping, pytest"  # the server imports them once for all runs
    settings = {"pyproject.toml": '[tool.pytest.ini_options]\nmarkers = ["slow", "nightly"]\n', ".gitignore": "*.pyc\n"}
    for name, text in (files | settings).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    somebody = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    for command in (["init", "--quiet"], ["add", "--all"], [*somebody, "commit", "--quiet", "--message", "A toy"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    return root


def campaign(root: Path) -> Campaign:
    marks = {name: fingerprint(root, files_of_tests(root, ["tests/toy"])) for name in ("toy", "tests/toy")}
    return Campaign(root, State(root.parent / "state.json", marks), workers=1, seed=0)


@pytest.mark.nightly
def test_a_campaign_tells_what_was_found_by_whom_and_goes_on(toy: Path) -> None:
    first = campaign(toy)
    first.run(PLANTED[:2])
    goes_on = campaign(toy)
    assert goes_on.outcome(PLANTED[0], QUICK) == first.outcome(PLANTED[0], QUICK)
    goes_on.run(PLANTED)

    found = record(toy, goes_on, PLANTED, [ENDLESS], {ENDLESS.key: "It changes nothing."})
    counts = {"planted": 3, "found_by_test": 1, "found_by_test_all": 2, "found_since_the_tests_did_not_end": 0}
    assert found["rooms"] == {"toy": counts}
    assert [one["diff"] for one in found["survivors"]] == [NOBODY_FINDS.diff(toy)]
    assert [one["line"] for one in found["found_by_slow_tests_only"]] == [SLOW_FINDS.line]
    assert [one["why"] for one in found["left_out"]] == ["It changes nothing."]
    assert "+    return n + 1" in sentences(found)
    assert not enough(found)
    assert (toy / FILE).read_text() == CODE
    by = goes_on.outcome(PLANTED[0], QUICK)
    assert by is not None
    assert by.by == "tests/toy/test_count.py::test_below"

    (toy / "tests" / "toy" / "test_count.py").write_text(f"{TESTS}\n# mended\n")
    assert campaign(toy).outcome(PLANTED[0], QUICK) is None


def test_tests_that_fail_without_a_mutant_find_nothing(toy: Path) -> None:
    (toy / "tests" / "toy" / "test_count.py").write_text(TESTS.replace("== 3", "== 4"))
    failing = campaign(toy)
    with pytest.raises(SystemExit, match=r"^these tests fail without a mutant: tests/toy$"):
        failing.run(PLANTED)
    assert not any(failing.outcome(one, QUICK) for one in PLANTED)
    assert not failing.is_clean("tests/toy", QUICK)


@pytest.mark.slow
def test_a_bug_without_an_end_is_stopped_and_the_next_run_knows_nothing_of_it(toy: Path, tmp_path: Path) -> None:
    bench = Bench(toy, tmp_path / "bench")
    try:
        tests = ["tests/toy/test_count.py"]
        assert bench.test(tests, QUICK, 60).passed
        endless = bench.test(tests, QUICK, 3, ENDLESS)
        assert endless.status is None
        assert not endless.passed
        assert bench.test(tests, QUICK, 60).passed
        assert bench.test(tests, SLOW, 60).passed
    finally:
        bench.close()
    with pytest.raises(ProcessLookupError):
        os.kill(bench.server.pid, 0)

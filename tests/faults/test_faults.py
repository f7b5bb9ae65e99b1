"""The short form of `make faults`: some kills, and one of each kind of fault; the others at night."""

import pytest

from tests.faults.bench import Bench
from tests.faults.faults import FAULTS
from tests.faults.kills import Kill, aimed_kills, random_kills, survive

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]
AT_NIGHT = {
    "the other process of two is killed while they train",
    "the same sweep twice at once",
    "a full disk under a sweep and a search",
    *("last.ckpt: empty", "last.ckpt: text", "last.ckpt: one bit"),
    *("metrics.csv: another table", "metrics.csv: a folder"),
    *("config.yaml: not UTF-8", "config.yaml: empty", "config.yaml: a folder"),
}
assert FAULTS.keys() >= AT_NIGHT


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("faults"))


@pytest.mark.parametrize(
    "kill",
    [pytest.param(kill, marks=[pytest.mark.nightly] * (n > 1)) for n, kill in enumerate(random_kills(8, seed=1))],
    ids=str,
)
def test_a_command_that_is_killed_is_finished_by_the_next(bench: Bench, kill: Kill) -> None:
    survive(bench, kill)


@pytest.mark.parametrize("place", [0, -1], ids=["first", "last"])
def test_a_training_that_is_killed_at_a_rename_is_finished_by_the_next(bench: Bench, place: int) -> None:
    kills = list(aimed_kills(bench, each=2, names=["training"]))
    survive(bench, kills[place])


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.nightly] * (name in AT_NIGHT)) for name in FAULTS]
)
def test_nothing_is_lost(bench: Bench, name: str) -> None:
    FAULTS[name](bench)

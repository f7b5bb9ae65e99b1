"""The data in the page, as its scripts read them."""

import json
from pathlib import Path
from typing import Any

import pytest

from gan_lab.compare.page import result_data, row_data, section_data, short_names
from tests.compare.results import curve, result, row, section


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a/b/c", "a/b/d"], ["c", "d"]),
        (["a/b/c", "a/x/c"], ["b/c", "x/c"]),
        (["a/b"], ["b"]),
        (["a", "a/b"], ["a", "a/b"]),
        (["a/b", "a/b/c"], ["b", "b/c"]),
        ([], []),
    ],
)
def test_what_all_paths_share_is_left_out(paths: list[str], names: list[str]) -> None:
    assert short_names([Path(path) for path in paths]) == names


def test_a_run_says_all_that_the_page_shows_of_it() -> None:
    curves, ill = curve([1.0], fid=[2]), ("images alike",)
    run = result("run", seed=4, status="failed", reason="why", best_step=7, curves=curves, findings=ill)
    assert result_data(run, "a name") == {
        **{"name": "a name", "group": "gan", "seed": 4, "status": "failed", "reason": "why", "sampling": 1},
        **{
            "spread": {},
            "interval": {},
            "best_step": 7,
            "best": {"emd": 3.0},
            "last": {"emd": 4.0},
            "raw": {},
            "cost": run.cost,
            "machine": "",
        },
        **{"series": ["fid"], "findings": ("images alike",)},
    }
    inside = result(kind="evaluation", folder=Path("outputs/gan/run/evaluation"))
    assert result_data(inside, "x")["group"] == "gan"


def test_a_row_has_its_statistics_and_the_numbers_of_its_runs() -> None:
    runs = [result("a"), result("b", seed=2), result("c", seed=3, status="failed")]
    one = row(*runs, label="a label", values=("gan", 3))
    found: Any = json.loads(json.dumps(row_data(section(one), one, {id(run): 5 + n for n, run in enumerate(runs)})))
    text = json.dumps(found)
    assert "[3.0, 0.0, 3]" in text
    assert "[4.0, 0.0, 3]" in text
    assert "[30.0, 0.0, 3]" in text
    assert found["label"] == "a label"
    assert found["values"] == ["gan", 3]
    assert [5, 6, 7] in found.values()
    assert found["interval"] == {}
    sure = row(*(result(str(n), seed=n, intervals={"emd": (2.0 + n, 3.5 + n), "kid": (0, 1)}) for n in range(2)))
    assert row_data(section(sure), sure, {id(run): n for n, run in enumerate(sure.results)})["interval"] == {
        "emd": (2.5, 4.0)
    }
    of_section = section_data(section(one, protocol={"sha": "ab" * 32, "k": 3}), [found])
    assert of_section["protocol"] == [["sha", "abababab"], ["k", "3"]]
    assert of_section["rows"] == [found]
    assert of_section["directions"] == {"emd": -1}

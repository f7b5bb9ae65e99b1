"""The data in the page, as its scripts read them."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gan_lab.compare.page import (
    curves_data,
    encoded,
    frames_data,
    plotly,
    result_data,
    row_data,
    script,
    section_data,
    short_names,
)
from gan_lab.runs.curves import Curves, Series
from tests.compare.results import curve, result, row, section


def decoded(text: str) -> list[float]:
    values: list[float] = np.frombuffer(base64.b64decode(text), "<f4").tolist()
    return values


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


def test_numbers_are_little_endian_floats() -> None:
    assert decoded(encoded(np.array([1.5, -2.0, 1e300]))) == [1.5, -2.0, np.inf]


def test_no_text_ends_its_element() -> None:
    element = script("x-1", {"text": "</script><b>", "n": [1, None]})
    assert element.startswith('<script type="application/json" id="x-1">{')
    assert element.count("<") == 2
    inner = element.removeprefix('<script type="application/json" id="x-1">').removesuffix("</script>")
    assert json.loads(inner) == {"text": "</script><b>", "n": [1, None]}
    with pytest.raises(ValueError, match="not JSON compliant"):
        script("x", float("nan"))


def test_curves_of_the_same_steps_share_them() -> None:
    both = curve([1.0, 2.0], a=[5, 6], b=[7, 8])
    clocks = np.array([[2.0], [128.0], [1.0]])
    found = curves_data(Curves(both.clocks, both.series | {"c": Series(clocks, np.array([9.0]))}))
    assert [[decoded(clock) for clock in grid] for grid in found["x"]] == [
        [[1, 2], [64, 128], [0.5, 1]],
        [[2], [128], [1]],
    ]
    assert {name: (grid, decoded(y)) for name, (grid, y) in found["series"].items()} == {
        **{"a": (0, [5, 6]), "b": (0, [7, 8]), "c": (1, [9])},
    }


def test_a_run_says_all_that_the_page_shows_of_it() -> None:
    run = result("run", seed=4, status="failed", reason="why", best_step=7, curves=curve([1.0], fid=[2]))
    assert result_data(run, "a name") == {
        **{"name": "a name", "group": "gan", "seed": 4, "status": "failed", "reason": "why", "sampling": 1},
        **{
            "spread": {},
            "best_step": 7,
            "best": {"emd": 3.0},
            "last": {"emd": 4.0},
            "raw": {},
            "cost": run.cost,
            "machine": "",
        },
        **{"series": ["fid"]},
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
    of_section = section_data(section(one, protocol={"sha": "ab" * 32, "k": 3}), [found])
    assert of_section["protocol"] == [["sha", "abababab"], ["k", "3"]]
    assert of_section["rows"] == [found]
    assert of_section["directions"] == {"emd": -1}


def test_a_picture_has_the_clocks_of_its_step(tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    for step in (0, 2):
        Image.new("L", (4, 4)).save(tmp_path / "samples" / f"step_{step:06d}.png")
    known = frames_data(result(folder=tmp_path, curves=curve([1.0, 3.0], fid=[1, 2])), 10)
    assert [clocks for clocks, _ in known] == [[0, 0, 0], [2, 128, 1]]
    assert base64.b64decode(known[0][1])[:4] == b"RIFF"
    unknown = frames_data(result(folder=tmp_path), 10)
    assert [clocks for clocks, _ in unknown] == [[0, None, None], [2, None, None]]


def test_the_script_of_plotly_is_found() -> None:
    assert "Plotly" in plotly()

"""The table of a study, and the parts of its record."""

import pytest

from gan_lab.sensitivity.results import curve, extractors, intercepts, table

RESULTS = [
    {
        **{"extractor": name, "samples": kind, "n": n, "fid": far + 100 / n, "kid": 0.5},
        **{f"{share}_k{k}": k / 10 + (share == "recall") / 2 for share in ("precision", "recall") for k in (1, 3)},
    }
    for n in (50, 100, 200)
    for name, far in (("z", 0.0), ("a", 10.0))
    for kind, far in (("generated", far + 1), ("real", far))
]


def test_a_curve_is_of_one_extractor_and_one_kind() -> None:
    assert curve(RESULTS, "a", "real", "fid") == ([50, 100, 200], [12.0, 11.0, 10.5])
    assert extractors(RESULTS) == ["z", "a"]


def test_where_n_is_infinite() -> None:
    found = intercepts(RESULTS)
    assert found["z"] == pytest.approx({"real": 0.0, "generated": 1.0}, abs=1e-9)
    assert found["a"] == pytest.approx({"real": 10.0, "generated": 11.0})


def test_lines_stand_by_extractor_then_kind_then_n() -> None:
    head, *rest = [line.split() for line in table(RESULTS, [1, 3], intercepts(RESULTS))]
    assert head == ["samples", "N", "FID", "KID", "precision", "k=1", "3", "recall", "k=1", "3"]
    assert [line[:3] for line in rest] == [
        [name, kind, n]
        for name in ("z", "a")
        for kind in ("real", "generated")
        for n in ("50", "100", "200", "infinite")
    ]
    assert rest[0][3:] == ["2", "0.5", "0.10", "0.30", "0.60", "0.80"]
    assert [line[3] for line in rest if line[2] == "infinite"][2:] == ["10", "11"]

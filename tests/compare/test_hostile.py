"""One bad folder does not stop the good ones, and nothing in a file is obeyed."""

import csv
import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gan_lab.compare.find import find
from gan_lab.compare.run import write
from gan_lab.errors import GanLabError
from gan_lab.runs.below import natural_path, walk
from gan_lab.runs.state import state
from gan_lab.trust.texts import no_formula, without_html
from tests.compare.runs import write_run

LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
MERGES = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [{','.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 10))
SUMMARY = {"variant": "gan", "dataset": "mnist", "seed": 1, "status": "finished", "protocol": {"dataset": "mnist"}}


def chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)


def wide_png(width: int, height: int) -> bytes:
    """A picture that says to be larger than it is."""
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 0, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


TEXTS: dict[str, dict[str, str]] = {
    "aliases": {"config.yaml": LAUGHS},
    "merges": {"config.yaml": MERGES},
    "deep yaml": {"config.yaml": "{a: " * 20_000},
    "deep json": {"summary.json": "[" * 200_000},
    "deep mapping": {"summary.json": '{"variant": ' * 300 + "1" + "}" * 300},
    "beyond floats": {
        "summary.json": json.dumps(
            SUMMARY | {"measures": {"best": {"fid": 10**400, "kid": 1.0}}, "generator_steps": 10**30}
        )
    },
    "digits": {"summary.json": '{"variant": "gan", "seed": ' + "9" * 9000 + "}"},
    "mixed keys": {"config.yaml": "model: {n: [{1: 2, b: 3, 2026-01-01: 4}]}\n1: 2\n"},
    "a long field": {"metrics.csv": f"generator_steps,fid\n1,{'9' * 200_000}\n"},
    "brackets": {"config.yaml": f"model: {{}}\noverrides: ['a={'[' * 20_000}']\n"},
    "names": {
        "summary.json": json.dumps(
            SUMMARY | {"measures": {"best": {"constructor": 1.0, "__proto__": 2.0, "<img src=x>": 3.0}}}
        )
    },
    "not UTF-8": {"config.yaml": "\udcff\udcfe\x00\x01", "summary.json": "\udcff\udcfe\x00\x01"},
}


def large(run: Path) -> None:
    os.truncate(run / "summary.json", 70_000_000)


def pipes(run: Path) -> None:
    for name in ("summary.json", "metrics.csv", "config.yaml"):
        (run / name).unlink()
        os.mkfifo(run / name)


def folders(run: Path) -> None:
    for name in ("summary.json", "metrics.csv"):
        (run / name).unlink()
        (run / name).mkdir()


def pictures(run: Path) -> None:
    (run / "samples" / "step_000001.png").write_bytes(wide_png(20_000, 4))
    (run / "samples" / "step_000002.png").write_bytes(wide_png(60_000, 60_000))
    (run / "samples" / "step_000003.png").symlink_to(run.parent.parent / "secret.png")
    os.mkfifo(run / "samples" / "step_000004.png")


MADE: dict[str, Callable[[Path], None]] = {f.__name__: f for f in (large, pipes, folders, pictures)}


def spoil(run: Path, kind: str) -> None:
    if kind in MADE:
        MADE[kind](run)
    for name, text in TEXTS.get(kind, {}).items():
        (run / name).write_bytes(text.encode(errors="surrogateescape"))


@pytest.mark.parametrize("kind", [*TEXTS, *MADE])
def test_a_bad_folder_does_not_stop_the_good_one(tmp_path: Path, config: dict[str, Any], kind: str) -> None:
    Image.new("L", (3, 3)).save(tmp_path / "secret.png")
    for name in ("good", "bad 1²2"):
        write_run(tmp_path / "runs" / name, config)
        (tmp_path / "runs" / name / "samples").mkdir(exist_ok=True)
    bad = tmp_path / "runs" / "bad 1²2"
    for picture in (bad / "samples").iterdir():
        picture.unlink()
    spoil(bad, kind)
    page = write([tmp_path / "runs"], tmp_path / "out").read_text()
    assert "good" in [result.folder.name for result in find([tmp_path / "runs"]).results]
    assert "<img" not in page.partition("</style>")[2].partition("<script>")[0]
    found = state(bad)
    assert found.status in ("finished", "running", "waiting", "failed", "unknown")
    assert found.best is None or found.best < 1e300


def test_what_makes_no_sense_is_said_in_one_line(tmp_path: Path, config: dict[str, Any]) -> None:
    write_run(tmp_path / "good", config)
    (tmp_path / "bad\x1b[31m\nred").mkdir()
    (tmp_path / "bad\x1b[31m\nred" / "summary.json").write_text("[" * 200_000)
    (sentence,) = find([tmp_path]).skipped
    assert "red" in sentence
    assert sentence.isprintable()


def test_a_link_to_what_holds_the_runs_is_not_followed(tmp_path: Path, config: dict[str, Any]) -> None:
    write_run(tmp_path / "scratch" / "run", config)
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs" / "root").symlink_to("/")
    (tmp_path / "outputs" / "back").symlink_to(tmp_path)
    (tmp_path / "outputs" / "elsewhere").symlink_to(tmp_path / "scratch")
    assert [path.name for path in walk(tmp_path / "outputs")] == ["run"]


def test_there_is_a_limit_of_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gan_lab.runs.below.FOLDERS", 3)
    for number in range(3):
        (tmp_path / str(number)).mkdir()
    with pytest.raises(GanLabError, match=r"more than 3 folders below .*: name one nearer to the runs"):
        [*walk(tmp_path)]


def test_paths_with_other_digits_are_sorted() -> None:
    assert sorted([Path("1²2"), Path("10"), Path("9")], key=natural_path)[-1] == Path("10")


@pytest.mark.parametrize("text", ["=1+1", "@x", "+1+cmd", "-1|x", "\tx", "=HYPERLINK(1)", "+", "-a"])
def test_a_spreadsheet_calculates_nothing(text: str) -> None:
    assert no_formula(text) == f"'{text}"


@pytest.mark.parametrize("value", ["-1", "+2.5", "-1e-05", "-inf", "a=1", "", "wgan_gp", -1.5, None, 3])
def test_numbers_and_other_texts_stay(value: object) -> None:
    assert no_formula(value) is value


def test_files_for_other_programs_have_nothing_to_obey(tmp_path: Path, config: dict[str, Any]) -> None:
    for seed, variant in ((1, "=HYPERLINK(1)"), (2, "<img src=x>[a](http://x)")):
        write_run(tmp_path / str(seed), config | {"variant": variant, "name": variant, "seed": seed})
    write([tmp_path], tmp_path)
    cells = {cell for line in csv.reader((tmp_path / "compare.csv").read_text().splitlines()) for cell in line}
    assert "'=HYPERLINK(1)" in cells
    text = (tmp_path / "compare.md").read_text()
    assert "&lt;img" in text
    assert "<" not in text
    assert "](" not in text
    assert without_html("a < b [x](y)") == "a &lt; b [x]&#40;y)"


def test_a_run_of_more_names_than_any_of_ours_is_left_out_in_one_line(tmp_path: Path, config: dict[str, Any]) -> None:
    write_run(tmp_path / "good", config)
    write_run(tmp_path / "bad", config | {"model": {f"k{n}": n for n in range(2001)}})
    found = find([tmp_path])
    assert [result.folder.name for result in found.results] == ["good"]
    assert [sentence.partition(": ")[2][:40] for sentence in found.skipped] == [
        "no run of gan_lab, which has fewer than "
    ]

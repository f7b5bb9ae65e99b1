"""Which runs a page shows, and what it is made of."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gan_lab.errors import GanLabError
from gan_lab.replay import replay_page
from gan_lab.replay.__main__ import divided, main
from gan_lab.replay.replay_page import Replayed, sentence_on, thinned
from gan_lab.replay.run import write_replay
from tests.replay.recordings import MOMENTS, recording, write_recorded


def data_of(page: Path) -> dict[str, Any]:
    found = re.findall(r'<script type="application/json" id="([^"]+)">(.*?)</script>', page.read_text())
    return {name: json.loads(text) for name, text in found}


def test_runs_stand_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, model in (("1", "gan"), ("2", "gan_r1"), ("10", "gan")):
        write_recorded(tmp_path / name, recording(), model)
    (tmp_path / "3").mkdir()
    (tmp_path / "3" / "summary.json").write_text("{}")
    page = write_replay([tmp_path])
    assert page == tmp_path / "replay.html"
    found = data_of(page)
    names = [run["name"] for run in found["data"]["runs"]]
    assert names == ["gan on ring, run 1", "gan_r1 on ring", "gan on ring, run 2"]
    assert "kept flat at the real points" in found["data"]["runs"][1]["sentence"]
    assert found["replay-1"]["time"] == [time for time, _ in MOMENTS]
    said = capsys.readouterr()
    assert "3: replay.json is missing" in said.err
    assert said.out.startswith("replay: ")


def test_a_long_recording_is_thinned_and_keeps_both_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = recording()
    for step in range(30, 1000, 10):
        frame = {name: frames[0].exact for name, frames in long.quantities.items()}
        long.add(float(step), 0, frame, None)
    budget = 60 * long.bytes_a_frame
    fewer = thinned(Replayed("a", "", long), budget).recording
    assert 30 < len(fewer.time) <= 45
    assert (fewer.time[0], fewer.time[-1]) == (0.0, 990.0)
    assert 0.5 in fewer.time, "single turns stay"
    write_recorded(tmp_path / "run", long)
    monkeypatch.setattr(replay_page, "BUDGET", budget)
    page = write_replay([tmp_path / "run"])
    assert "not every recorded step" in page.read_text()
    sizes = [len(part["values"]) for part in data_of(page)["replay-0"]["quantities"].values()]
    assert sum(sizes) <= budget


def test_what_cannot_be_replayed_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        GanLabError, match=r"can be replayed: runs on points in the plane with a critic, .* callback=replay"
    ):
        write_replay([tmp_path])
    with pytest.raises(GanLabError, match="does not exist: replay takes run folders"):
        write_replay([tmp_path / "nowhere"])
    for number in range(13):
        write_recorded(tmp_path / str(number), recording())
    with pytest.raises(GanLabError, match=r"^there are 13 runs to replay, and a page has 12 at most"):
        write_replay([tmp_path])


def test_the_page_goes_where_out_says_as_for_the_explorer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_recorded(tmp_path / "run", recording())
    monkeypatch.setattr("sys.argv", ["gan_lab.replay", "out=page.html", "run"])
    main()
    assert (tmp_path / "page.html").is_file()
    assert not (tmp_path / "run" / "replay.html").exists()
    assert divided(["theory", "out=pages", "seed=2"]) == (["theory", "seed=2"], Path("pages"))
    for words, sentence in ((["out=page.html"], "replay needs run folders"), (["run", "out="], "out is ''")):
        with pytest.raises(GanLabError, match=f"^{sentence}"):
            divided(words)


def test_texts_of_a_run_stay_texts(tmp_path: Path) -> None:
    nasty = recording()
    nasty.about = {"codes": "</script><img src=x onerror=alert(1)>"}
    write_recorded(tmp_path / "run", nasty, "<b>gan</b>")
    text = write_replay([tmp_path / "run"]).read_text()
    assert "<img" not in text
    assert "<b>" not in text


def test_a_sentence_is_said_where_it_is_true_alone() -> None:
    loss = {"_target_": "gan_lab.loss.non_saturating.NonSaturating"}
    assert sentence_on({"model": {"loss": loss}}).startswith("Nothing keeps the critic smooth")
    assert sentence_on({"model": {"loss": loss, "penalties": {"lazy_r1": {}}}}) == ""
    assert sentence_on({"model": {"loss": loss, "critic": {"norm": "spectral"}}}) == ""
    assert sentence_on({"model": 3}) == ""

"""The sentence that says where a sweep is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gan_lab.runs.state import State
from gan_lab.sweep.sweep_progress import Progress, sentence

FOLDERS = [Path(f"{number}_gan") for number in range(6)]


def test_counts_time_and_best() -> None:
    states = [
        *(State("finished", 1.0, 30.0, "fid"), State("finished", 1.0, 20.0, "fid"), State("running", 0.5)),
        *(State("failed", 0.3), State("pruned", 1.0), State("waiting")),
    ]
    said = sentence(states, FOLDERS, 8, rate=0.1)
    assert said.startswith("2 of 8 runs done, 1 pruned, 1 failed, 1 running, 3 left")
    # of 8 jobs one failed, 3 are over, half of one is: 3.5 at a tenth of a job a second
    assert "about 0:00:35 remaining" in said
    assert "best fid so far 20 (1_gan)" in said


def test_what_diverged_is_told_and_awaited_no_more() -> None:
    said = sentence([State("diverged", 0.2), State("finished", 1.0)], FOLDERS[:2], 4, rate=0.1)
    assert said.startswith("1 of 4 runs done, 1 diverged, 2 left, about 0:00:20 remaining")


def test_what_is_measured_in_two_ways_has_two_bests() -> None:
    found = [("fid", 30.0), ("emd", 0.5), ("fid", 20.0), ("emd", 1.5)]
    states = [State("finished", 1.0, value, monitor) for monitor, value in found]
    said = sentence(states, FOLDERS[:4], 4, rate=0.0)
    assert said.endswith("best fid so far 20 (2_gan), best emd so far 0.5 (1_gan)")


def test_nothing_is_foretold_without_a_rate_or_at_the_end() -> None:
    assert "remaining" not in sentence([State("waiting")], FOLDERS[:1], 1, rate=0.0)
    done = sentence([State("finished", 1.0, 3.0, "fid")], FOLDERS[:1], 1, rate=1.0)
    assert "remaining" not in done
    assert done.startswith("1 of 1 runs done, 0 left")


def test_it_speaks_only_of_news(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "0_gan"
    progress = Progress(1)
    progress.folders = [folder]
    progress.look()
    progress.look()
    folder.mkdir()
    summary = {"status": "finished", "generator_steps": 4, "length": 4, "measures": {"best": {"fid": 7.0}}}
    (folder / "summary.json").write_text(json.dumps(summary))
    progress.look()
    progress.look()
    progress.silence = -1.0
    progress.look()
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3, "two pieces of news, and once because it was silent for long"
    assert said[1] == said[2]
    assert "0 of 1 runs done" in said[0]
    assert "1 of 1 runs done, 0 left, best fid so far 7 (0_gan)" in said[1]


def test_another_terminal_may_ask(tmp_path: Path) -> None:
    jobs = [{"folder": f"{number}_gan", "overrides": [f"seed={number}"]} for number in range(3)]
    (tmp_path / "sweep.json").write_text(json.dumps({"jobs": jobs}))
    for number, status in enumerate(("finished", "failed")):
        (tmp_path / f"{number}_gan").mkdir()
        summary = {"status": status, "generator_steps": 3, "length": 6, "measures": {"best": {"fid": 7.0}}}
        (tmp_path / f"{number}_gan" / "summary.json").write_text(json.dumps(summary | {"reason": "not finite"}))
    code = "import sys; from gan_lab.sweep.__main__ import main; main(); assert 'torch' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["0_gan", "finished", "100%", "fid", "7", "not", "finite"]
    assert lines[1][:3] == ["1_gan", "failed", "50%"]
    assert lines[2] == ["2_gan", "waiting", "0%"]
    assert " ".join(lines[3]).startswith("1 of 3 runs done, 1 failed, 1 left")
    refused = subprocess.run([sys.executable, "-m", "gan_lab.sweep", "x"], capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith("gan_lab: x/sweep.json is not the record of a sweep")

"""What a job's folder says, and that two processes never train in one."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from gan_lab.runs.lock import held, locked, only_process
from gan_lab.runs.state import state

HOLD = """
import sys, time
from pathlib import Path
from gan_lab.runs.lock import only_process
with only_process(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def holder(folder: Path) -> "subprocess.Popen[str]":
    """A process that trains in the folder for all that others can see."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, folder], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def write(folder: Path, **values: Any) -> None:
    (folder / "summary.json").write_text(json.dumps({"generator_steps": 30, "length": 40, "monitor": "emd"} | values))


def test_a_run_that_nobody_holds_was_interrupted(tmp_path: Path) -> None:
    assert state(tmp_path / "nowhere").status == "waiting"
    assert state(tmp_path).status == "waiting"
    write(tmp_path, status="running")
    assert state(tmp_path).status == "interrupted"
    process = holder(tmp_path)
    assert state(tmp_path).status == "running"
    assert state(tmp_path).done == 0.75
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert state(tmp_path).status == "interrupted"


def test_where_there_are_no_locks_nobody_waits(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    other = os.open(tmp_path, os.O_RDONLY)
    assert locked(descriptor)
    assert not locked(other)
    os.close(descriptor)
    os.close(other)
    assert locked(other), "as a file system without locks answers"


def test_the_share_that_is_done(tmp_path: Path) -> None:
    for values, share in (
        *(({"status": "running"}, 0.75), ({"status": "failed", "length": 120}, 0.25)),
        *(({"status": "interrupted", "generator_steps": 50}, 1.0), ({"status": "running", "length": None}, 0.0)),
    ):
        write(tmp_path, **values)
        assert state(tmp_path).done == share


def test_ends_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path, status="finished", measures={"best": {"emd": 0.5, "fid": 3.0}})
    assert (state(tmp_path).best, state(tmp_path).done, state(tmp_path).monitor) == (0.5, 1.0, "emd")
    write(tmp_path, status="finished", measures={"best": {"emd": None}})
    assert state(tmp_path).best is None
    write(tmp_path, status="failed", reason="not finite")
    assert (state(tmp_path).status, state(tmp_path).reason) == ("failed", "not finite")
    write(tmp_path, status="pruned")
    assert state(tmp_path).done == 1.0
    (tmp_path / "summary.json").write_text('{"status": "fini')
    assert state(tmp_path).status == "waiting"


def test_a_second_process_waits_until_the_first_is_dead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    process = holder(tmp_path)
    killer = threading.Timer(1.5, process.kill)
    killer.start()
    with only_process(tmp_path):
        assert process.wait(timeout=10) == -signal.SIGKILL, "it was still alive"
        assert held(tmp_path)
    assert not held(tmp_path)
    assert capsys.readouterr().out.count("waiting until it has ended") == 1


def test_the_other_processes_of_a_run_do_not_wait_for_its_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with only_process(tmp_path):
        monkeypatch.setenv("LOCAL_RANK", "1")
        with only_process(tmp_path):
            pass
        assert held(tmp_path), "and do not let go of it"

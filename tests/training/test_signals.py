"""Whose handlers answer signals while a run trains and afterwards, and that no process is left over."""

import contextlib
import json
import logging
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lightning import Callback

from gan_lab.callback.checkpoints import Checkpoints
from gan_lab.distributed.interrupts import answered_by, leave, stop
from gan_lab.training.signals import signals_of_a_run
from tests.commands import QUICK, checkpoint, environment, gan_lab, program, run_folders, start
from tests.fixtures import BuildModel
from tests.short_runs import ring, trainer

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Seen(Callback):
    """Notes the handlers during training."""

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        self.handlers = [signal.getsignal(number) for number in STOPS]


def test_the_handlers_of_a_run_go_with_it(build_model: BuildModel, tmp_path: Path) -> None:
    """Also those that Lightning sets, one of which swallows SIGTERM and holds its Trainer."""
    before = {number: signal.getsignal(number) for number in signal.valid_signals()}
    for _ in range(2):  # of which the second finds what the first has left
        seen, own = Seen(), Checkpoints(run_dir=str(tmp_path), times=1)
        model, lightning = build_model("model=gan", "data=ring"), trainer(callbacks=[own, seen])
        model.run_length = 3
        with signals_of_a_run(lightning, tmp_path):
            lightning.fit(model, datamodule=ring())
        assert seen.handlers == [own.on_signal] * 3
        assert {number: signal.getsignal(number) for number in signal.valid_signals()} == before


def test_sighup_is_left_alone_where_nohup_ignores_it() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with answered_by(leave):
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is leave
        with answered_by(stop):
            assert signal.getsignal(signal.SIGINT) is stop
        assert signal.getsignal(signal.SIGINT) is not stop
    finally:
        signal.signal(signal.SIGHUP, before)


def library(made: type[Exception] | None) -> None:
    """Gets a signal, and makes another error or none of the end."""
    try:
        signal.raise_signal(signal.SIGTERM)
    except SystemExit:
        if made is not None:
            raise made("initialization failed") from None
    time.sleep(10)


@pytest.mark.parametrize("made", [ImportError, None])
def test_what_a_library_makes_of_the_end_is_still_the_end(made: type[Exception] | None) -> None:
    """Some report whatever is raised while they are imported as an ImportError, and some swallow it."""
    before = signal.getsignal(signal.SIGALRM)
    try:
        with pytest.raises(SystemExit) as ended, answered_by(stop):
            library(made)
        assert ended.value.code == 143
        with pytest.raises(ImportError), answered_by(stop):
            raise ImportError("a bug of a later job")
    finally:
        logging.disable(logging.NOTSET)
        signal.signal(signal.SIGALRM, before)


def children(parent: int) -> list[int]:
    """The processes that this one has started and that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, ppid = stat.read_text().rsplit(") ", 1)[1].split()[:2]
        except OSError:  # it has ended meanwhile
            continue
        if int(ppid) == parent and state != "Z":
            found.append(int(stat.parent.name))
    return found


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except OSError:
        return False


def wait_until(true: Callable[[], object], process: Any) -> None:
    deadline = time.monotonic() + 120
    while not true():
        assert process.poll() is None, process.communicate(timeout=10)[0]
        assert time.monotonic() < deadline
        time.sleep(0.02)


PAIR = ("model=gan", "trainer.devices=2", *QUICK, "generator_steps=100000")


@pytest.mark.slow
@pytest.mark.xdist_group("two processes")
@pytest.mark.parametrize("met", [False, True])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_of_a_run_outlives_the_first(tmp_path: Path, met: bool, number: signal.Signals) -> None:
    """Neither before they have met, when the second one imports torch and the first one waits for it, nor after."""
    first = program(*PAIR, cwd=tmp_path)
    wait_until(lambda: children(first.pid), first)
    others = children(first.pid)
    if met:
        wait_until(lambda: list(tmp_path.glob("outputs/*/*/checkpoints/last.ckpt")), first)
    first.send_signal(number)
    printed, _ = first.communicate(timeout=60)  # the pipe closes when the last one has gone
    assert first.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 143), printed
    deadline = time.monotonic() + 60
    while any(alive(other) for other in others):
        assert time.monotonic() < deadline, "it is left over"
        time.sleep(0.1)
    assert "Traceback" not in printed or number == signal.SIGKILL
    if number == signal.SIGTERM and not met:
        assert printed == "gan_lab: ended by SIGTERM\n"
        assert not [*tmp_path.iterdir()]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_sweep_in_its_second_job(tmp_path: Path, number: signal.Signals) -> None:
    """Which a handler that the first job had left would swallow."""
    sweep = start("-m", "model=gan", "generator_steps=20,100000", *QUICK, "hydra.sweep.dir=two", cwd=tmp_path)
    summary = tmp_path / "two" / "1_gan" / "summary.json"
    wait_until(summary.is_file, sweep)
    sweep.send_signal(number)
    printed, _ = sweep.communicate(timeout=60)
    assert sweep.returncode == 128 + number, printed
    assert json.loads(summary.read_text())["status"] == "interrupted"
    assert "the run was interrupted at generator step" in printed
    assert checkpoint(tmp_path / "two" / "1_gan")["counters"]["generator_steps"] > 0


@pytest.mark.slow
def test_a_second_ctrl_c_ends_at_once_with_a_sentence(tmp_path: Path) -> None:
    twice = ("+callbacks.twice._target_=tests.processes.CtrlCTwice", "+callbacks.twice.after=3")
    printed = gan_lab("model=gan", *QUICK, "generator_steps=9", *twice, cwd=tmp_path, status=130)
    (folder,) = run_folders(tmp_path)
    assert "Traceback" not in printed
    assert f"resume={folder.relative_to(tmp_path)}" in printed.splitlines()[-1]
    summary = json.loads((folder / "summary.json").read_text())
    assert (summary["status"], summary["generator_steps"]) == ("interrupted", 3), "the round has no end"


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("model=gan",), ("-m", "model=gan", "seed=1,2")])
def test_a_terminal_that_closes_ends_a_run_that_can_go_on(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """The run can print no more, and nobody reads it."""
    run, terminal = pty.fork()
    if run == 0:
        os.chdir(tmp_path)
        command = [sys.executable, "-m", "gan_lab", *arguments, *QUICK, "generator_steps=100000"]
        os.execve(sys.executable, command, environment())
    os.set_blocking(terminal, False)
    deadline = time.monotonic() + 120
    while not [*tmp_path.rglob("last.ckpt")]:
        assert time.monotonic() < deadline
        with contextlib.suppress(BlockingIOError):
            os.read(terminal, 10_000)
        time.sleep(0.02)
    os.close(terminal)
    _, status = os.waitpid(run, 0)
    assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGHUP
    (summary,) = tmp_path.rglob("summary.json")
    assert json.loads(summary.read_text())["status"] == "interrupted"


@pytest.mark.slow
@pytest.mark.parametrize("number", STOPS)
@pytest.mark.parametrize("arguments", [("-m", "gan_lab", "model=gan"), ("-m", "gan_lab.compare", ".")])
def test_a_signal_during_the_imports_is_answered_in_a_line(
    tmp_path: Path, number: signal.Signals, arguments: tuple[str, ...]
) -> None:
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    wait_until(lambda: caught(process.pid, signal.SIGHUP), process)  # Python itself catches SIGINT alone
    process.send_signal(number)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + number, printed
    assert printed == ("gan_lab: interrupted\n" if number == signal.SIGINT else f"gan_lab: ended by {number.name}\n")
    assert not [*tmp_path.iterdir()]


def caught(process: int, number: signal.Signals) -> bool:
    """Whether the process has a handler of its own for this signal."""
    (line,) = [line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("SigCgt")]
    return bool(int(line.split()[1], 16) >> (number - 1) & 1)

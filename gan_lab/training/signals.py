"""Signals while a run trains: whose handlers answer them, and what is left when the run has ended."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socketpair
from subprocess import Popen
from threading import Thread

from lightning import Trainer
from lightning.pytorch.strategies.launchers import _SubprocessScriptLauncher

from gan_lab.cli.command import no_empty_folder
from gan_lab.distributed.environment import first
from gan_lab.distributed.interrupts import as_asked, ending, leave, signals, stop
from gan_lab.runs.run_folder import RunFolder
from gan_lab.terminal.commands import assigned, from_here, typed

PATIENCE = 0.5
"""Seconds in which a handler is called where Python is at work."""


@contextmanager
def signals_of_a_run(trainer: Trainer, run_dir: Path) -> Iterator[None]:
    """Restores every signal handler at the end of the block, in which Lightning and our callbacks set their own.

    A handler that stayed would swallow the signals of the next job of a sweep, and keep this job's Trainer alive. A run
    that is ended at once takes the other processes that Lightning started with it, and says how it goes on. A thread
    that is not the main one, such as that of a program around us, has no handlers.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    never = signals("SIGKILL", "SIGSTOP", "SIGALRM")  # the last one's timer may run: `stop`
    others = signal.valid_signals() - {*never}
    before = {number: signal.getsignal(number) for number in others}
    try:
        with as_asked(), ended_while_it_waits(trainer, run_dir):
            yield
    except (SystemExit, KeyboardInterrupt):
        end_others(trainer)
        if ending and first() and RunFolder(run_dir).checkpoint("last").is_file():
            command = typed("gan_lab", assigned("resume", from_here(run_dir)))
            print(
                f"gan_lab: the run was ended at once; it goes on from its last checkpoint: {command}", file=sys.stderr
            )
        raise
    finally:
        for number, handler in before.items():
            if handler is not None:  # None: not set by Python
                signal.signal(number, handler)


def end_others(trainer: Trainer) -> None:
    """Kills the processes that Lightning has started for this run.

    Their status becomes 0: Lightning's observer kills the main process where one of them has failed.
    """
    for process in started_here(trainer):
        process.kill()
        process.wait()
        process.returncode = 0


def started_here(trainer: Trainer) -> list[Popen[bytes]]:
    """Returns them."""
    launcher = trainer.strategy.launcher
    return launcher.procs if isinstance(launcher, _SubprocessScriptLauncher) else []


@contextmanager
def ended_while_it_waits(trainer: Trainer, run_dir: Path) -> Iterator[None]:
    """Lets a thread end this process where a signal finds it waiting for the others of its run, before they train.

    torch waits for them, for half an hour at most, without a return to Python, which alone would call the handler.
    """
    if not isinstance(trainer.strategy.launcher, _SubprocessScriptLauncher):
        yield
        return
    reading, writing = socketpair()  # Windows takes no pipe
    writing.setblocking(False)

    def watch() -> None:
        while number := reading.recv(1):
            time.sleep(PATIENCE)
            if signal.getsignal(number[0]) is stop:  # nobody has answered: each answer sets another handler
                end_others(trainer)
                with no_empty_folder(run_dir):
                    pass
                leave(number[0], None)
        reading.close()

    before = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        writing.close()

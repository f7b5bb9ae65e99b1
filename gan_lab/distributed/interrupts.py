"""How a command ends that is asked to: by Ctrl-C, by SIGTERM, by a terminal that closes. Imports next to nothing."""

import atexit
import logging
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from gan_lab.distributed.parent import one_of_the_others

INSIST = 0.2
"""Seconds after which a SystemExit that was lost is raised again."""

ending: list[int] = []
"""The status with which this process ends, once a signal has asked it to."""

Handler = Callable[[int, FrameType | None], None]


def stops() -> list[signal.Signals]:
    """Returns the signals that ask this process to end. SIGHUP, which Windows does not have, is none where it is
    ignored, as nohup does."""
    hangup = [number for number in signals("SIGHUP") if signal.getsignal(number) != signal.SIG_IGN]
    return [signal.SIGINT, signal.SIGTERM, *hangup]


def preemption() -> list[signal.Signals]:
    """Returns the signal with which a cluster takes a job of submitit away for a while; of any other process none.
    submitit's own handler queues the job again and ends the process."""
    return signals(
        f"SIG{os.environ.get('SUBMITIT_PREEMPT_SIGNAL', 'USR2')}" if "SUBMITIT_EXECUTOR" in os.environ else ""
    )


def signals(*names: str) -> list[signal.Signals]:
    """Returns those of these signals that the system has."""
    return [number for number in signal.Signals if number.name in names]


def stop(number: int, frame: FrameType | None) -> None:
    """Says in one line that the process ends, and raises SystemExit, so that whoever has something to clean up does so.

    A handler of signals. A second signal waits for nobody. Some libraries catch whatever is raised in them: where the
    SystemExit is lost, `insist` raises it again, on systems that have such a timer.
    """
    for other in stops():
        signal.signal(other, leave)
    for alarm in signals("SIGALRM"):
        signal.signal(alarm, insist)
        signal.setitimer(signal.ITIMER_REAL, INSIST, INSIST)
    logging.disable()  # of libraries whose import was cut short
    say(number)
    end(number)


def end(number: int) -> NoReturn:
    """Raises SystemExit, in the handler of a signal: see `as_asked`."""
    ending[:] = [status(number)]
    raise SystemExit(*ending)


def insist(number: int, frame: FrameType | None) -> None:
    """Raises SystemExit again unless an exception is on its way, while somebody cleans up."""
    if sys.exc_info()[1] is None:
        raise SystemExit(*ending)


@contextmanager
def as_asked() -> Iterator[None]:
    """Raises SystemExit where a library has made another error of that of a signal: some report whatever is raised
    while they are imported as an ImportError."""
    try:
        yield
    except Exception as error:
        if ending:
            raise SystemExit(*ending) from error
        raise


def leave(number: int, frame: FrameType | None) -> None:
    """Ends the process at once, with the same line: a handler for where there is nothing to clean up."""
    say(number)
    os._exit(status(number))


def end_now(code: int | str | None) -> None:
    """Ends the process, if this is the status of a signal, without the interpreter's own tidying up: of all that torch
    has imported, that takes a second or two. What was registered for the end of the process is done."""
    if isinstance(code, int) and code > 128:
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def status(number: int) -> int:
    """Returns 128 + the signal; 0 for the other processes of a run, since Lightning kills the first one when another
    one fails."""
    return 0 if one_of_the_others() else 128 + number


def say(number: int) -> None:
    """Writes the line to stderr, past Python's buffers, in whose midst the signal may have come."""
    without_terminal()
    if not one_of_the_others():
        line = "interrupted" if number == signal.SIGINT else f"ended by {signal.Signals(number).name}"
        os.write(2, f"gan_lab: {line}\n".encode())


def without_terminal() -> None:
    """Lets what is still printed go nowhere where the terminal has been closed: printing would fail."""
    for stream in (1, 2):
        if stat.S_ISCHR(os.fstat(stream).st_mode) and not os.isatty(stream):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream)
            os.close(nowhere)


@contextmanager
def answered_by(handler: Handler) -> Iterator[None]:
    """Sets the handler of all `stops` during the block."""
    if threading.current_thread() is not threading.main_thread():  # which alone has handlers
        yield
        return
    before = {number: signal.signal(number, handler) for number in stops()}
    try:
        with as_asked():
            yield
    finally:
        if signals("SIGALRM"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        ending.clear()
        for number, old in before.items():
            signal.signal(number, old)


def starting() -> bool:
    """Returns whether Python is importing the package in order to run one of its commands."""
    return sys.argv[0] == "-m" or os.path.basename(sys.argv[0]) == "gan-lab"


def leave_when_asked() -> None:
    """Sets `leave` as the handler until the command itself runs: its imports take a second or more."""
    for number in stops():
        signal.signal(number, leave)

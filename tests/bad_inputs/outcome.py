"""What became of a wrong input."""

import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from gan_lab.errors import GanLabError

SECONDS = 60
"""An input that takes longer hangs."""


class Endless(BaseException):
    """The time of an input is over."""


@dataclass(frozen=True)
class Outcome:
    """Where an input was given (a group, a command or a kind of file), what it was, and what came of it.

    `kind` is clear (refused in one sentence), accepted, traceback or hang.
    """

    place: str
    given: str
    kind: str
    said: str = ""


@contextmanager
def limited() -> Iterator[None]:
    """Raises Endless in a block that takes too long."""

    def end(number: int, frame: FrameType | None) -> None:
        raise Endless

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def outcome(place: str, given: str, action: Callable[[], object], explain: Callable[[Exception], str]) -> Outcome:
    """What comes of an action. `explain` turns an error of Hydra into the sentence that the user reads."""
    try:
        with limited():
            action()
    except GanLabError as error:
        return told(place, given, str(error))
    except (HydraException, OmegaConfBaseException) as error:
        try:
            return told(place, given, explain(error))
        except Exception as inner:
            return Outcome(place, given, "traceback", where(inner))
    except Endless:
        return Outcome(place, given, "hang")
    except Exception as error:
        return Outcome(place, given, "traceback", where(error))
    return Outcome(place, given, "accepted")


def told(place: str, given: str, sentence: str) -> Outcome:
    """A sentence is clear if it is one line that a terminal obeys in nothing."""
    clear = bool(sentence) and sentence.isprintable()
    return Outcome(place, given, "clear" if clear else "traceback", sentence)


def where(error: Exception) -> str:
    """The error and the line of ours that raised it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/gan_lab/" in frame.filename]
    line = f"{frames[-1].filename.rpartition('/gan_lab/')[2]}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} in {line}: {str(error)[:200]}"

"""Errors that tell a user what to do. Imports nothing slow, so that the command line starts quickly."""

import errno
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PASSWORD = re.compile(r"(?<=://)([^\s/:@]*):[^\s/]+@")
"""What an address says of a user, who may have a password."""
LONGEST = 8000
"""Characters of an error that are shown."""


class GanLabError(Exception):
    """A mistake that the user can correct. Its text is one sentence: what is wrong and what is allowed.

    It may quote a file of somebody else, so it has spaces for the characters that a terminal would obey, and its middle
    is left out where it is long. It may quote the command line, so it has stars for the password of an address.
    """

    def __str__(self) -> str:
        text = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in super().__str__())
        text = PASSWORD.sub(r"\1:***@", text)
        return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} ... {text[-LONGEST // 2 :]}"


class OutOfDomainError(GanLabError, ValueError):
    """A value is outside of the domain that is declared for it, or of another type."""


class NoCriticError(GanLabError):
    """A model without a critic is asked for something that needs one."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} needs a critic, and this model has none: without one there are sampler=direct, truncated, ode, "
            "confidence and batch_inception_score"
        )


class UnreadableFileError(GanLabError):
    """A file of a run is missing, incomplete or of another kind."""


class NonFiniteError(GanLabError):
    """A term of the objective became NaN or infinite: the run cannot be trusted and stops."""


class NoRoomError(GanLabError):
    """The system lets nothing more be written: no run can go on until there is room."""


class PrunedError(GanLabError):
    """A search stopped this run because it is behind the others. This is not a mistake."""


class CalibrationError(GanLabError):
    """A critic's scores cannot be turned into a log-ratio, or what was learnt from them cannot be trusted."""


class SamplingNumericsError(GanLabError):
    """The chains of a sampler became infinite or NaN, or drifted away from the prior."""


class SamplingBudgetError(GanLabError):
    """A sampler accepts too few proposals. It stops rather than return fewer samples than asked for.

    `z` holds the codes that were accepted.
    """

    def __init__(
        self,
        sampler: str,
        *,
        wanted: int,
        accepted: int,
        proposed: int,
        hint: str,
        z: object = None,
        unit: str = "samples",
    ) -> None:
        self.sampler, self.wanted, self.accepted, self.proposed, self.hint = sampler, wanted, accepted, proposed, hint
        self.acceptance = accepted / max(1, proposed)
        self.z = z
        super().__init__(
            f"sampler={sampler} accepted {accepted} of {proposed} proposals ({self.acceptance:.2g}) "
            f"and cannot draw {wanted} {unit}: {hint}"
        )

    def __reduce__(self) -> tuple[type[GanLabError], tuple[str]]:
        """Reduces the error to its sentence for other processes, such as that of a sweep."""
        return GanLabError, (str(self),)


FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
"""What the system says where nothing can be written any more, which is no bug even where it names no file."""


def of_the_system(error: OSError) -> GanLabError:
    """Returns the sentence for a file that the system does not let us read or write. Raises the error itself where it
    names no file, since that is a bug."""
    if error.filename is None and error.errno not in FULL:
        raise error
    name = error.filename if error.filename is not None else "a file"
    kind = NoRoomError if error.errno in FULL else GanLabError
    return kind(f"{name} cannot be used: {(error.strerror or str(error)).lower()}")


@contextmanager
def said_in_a_sentence() -> Iterator[None]:
    """Ends the program with one sentence and status 1 for a user's mistake, and for a file that cannot be used."""
    try:
        yield
    except GanLabError as error:
        sys.exit(f"gan_lab: {error}")
    except OSError as error:
        sys.exit(f"gan_lab: {of_the_system(error)}")

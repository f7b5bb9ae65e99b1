"""Errors that tell a user what to do. Imports nothing, so that the command line can answer at once."""


class GanLabError(Exception):
    """A mistake that the user can mend. Its text is one sentence: what is wrong and what is allowed."""


class UnreadableFileError(GanLabError):
    """A file of a run is missing, torn or another kind of file."""


class NonFiniteError(GanLabError):
    """A term of the objective became NaN or infinite: the run cannot be trusted and stops."""


class PrunedError(GanLabError):
    """A search gave this run up: it is behind the others. No mistake."""


class CalibrationError(GanLabError):
    """What a critic tells cannot be made a log-ratio, or what was learnt from it cannot be trusted."""


class SamplingNumericsError(GanLabError):
    """A sampler's chains left the finite, or the place where the prior lies."""


class SamplingBudgetError(GanLabError):
    """A sampler accepts too little: it stops, and gives no short result in the place of a whole one.

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
            f"and cannot fill {wanted} {unit}: {hint}"
        )

    def __reduce__(self) -> tuple[type[GanLabError], tuple[str]]:
        """Another process, as that of a sweep, gets the sentence alone."""
        return GanLabError, (str(self),)

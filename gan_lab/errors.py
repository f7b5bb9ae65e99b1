"""Errors that tell a user what to do. Imports nothing, so that the command line can answer at once."""


class GanLabError(Exception):
    """A mistake that the user can mend. Its text is one sentence: what is wrong and what is allowed."""


class NonFiniteError(GanLabError):
    """A term of the objective became NaN or infinite: the run cannot be trusted and stops."""

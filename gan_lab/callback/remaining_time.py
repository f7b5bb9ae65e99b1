"""How long a run will still take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean


@dataclass(frozen=True)
class Pace:
    """What has been timed of a run so far, in seconds; None for what has not happened yet.

    `step` is the mean of a generator step alone. `evaluation` is the mean of an evaluation during training. `expected`
    and `expected_final` are what the measures of one evaluation and of one final measuring took on real images; they
    stand in for what has not been timed on samples.
    """

    step: float
    evaluation: float | None = None
    expected: float | None = None
    expected_final: float | None = None


def remaining_seconds(
    pace: Pace, steps: int, evaluations: int, finals: int, others: Iterable[tuple[Sequence[float], int]] = ()
) -> float:
    """Returns the seconds that a run still takes: s·steps + e·evaluations + f·finals, and the time of the `others`.

    `steps`, `evaluations` and `finals` are what is to come: generator steps, evaluations during training, and final
    measurings, with all measures. f is e and the time of the measures that only a final measuring has, or 2·e where
    that is unknown. `others` are pictures, checkpoints and the like: how long each of a kind took, and how many are to
    come. What cannot be known yet counts as nothing.
    """
    evaluation = next((seconds for seconds in (pace.evaluation, pace.expected) if seconds is not None), 0.0)
    if pace.expected is None or pace.expected_final is None:
        final = 2 * evaluation
    else:
        final = evaluation + pace.expected_final - pace.expected
    beside = sum(mean(took) * to_come for took, to_come in others if took)
    return steps * pace.step + evaluations * evaluation + finals * final + beside


def clock(seconds: float) -> str:
    """Returns a duration as 0:07, 12:34 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"

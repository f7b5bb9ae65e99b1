"""Finds a loss that grew without bound. Imports no torch."""

from math import inf

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import EXPLODED_LOSS, LOSS_SCALE
from gan_lab.doctor.tries import flat_at_data, with_penalty

NOT_FINITE = "is not finite"
"""What a run that failed says of a term or a measure that became NaN or infinite."""


def loss_exploded(run: Evidence) -> Finding | None:
    """Returns the finding where something became NaN or infinite, or the critic's loss ends far larger than it was.

    The generator's loss is not judged, since a constant in the critic's scores, which changes nothing, changes it.
    """
    reason = str(run.summary.get("reason", ""))
    if NOT_FINITE in reason:
        return found(
            run,
            "A number of the run became NaN or infinite, and nothing can be learnt from such a number. Usually the "
            "steps were too large.",
            reason,
            inf,
        )
    parts = [abs(loss) for loss in run.parts(run.curve("critic/loss"))]
    low, high = LOSS_SCALE
    usual = min(high, max(low, min(parts))) if parts else high
    if not run.judged or not parts or parts[-1] / usual < EXPLODED_LOSS:
        return None
    return found(
        run,
        "The critic's loss has become very large, and so have its scores: nothing holds back its weights. What the "
        "generator learns from such scores is mostly chance.",
        f"size of the critic's loss at the end, divided by its usual size, {usual:.3g}:",
        parts[-1] / usual,
    )


def found(run: Evidence, sentence: str, measured: str, figure: float) -> Finding:
    """Returns the finding, in which smaller steps come first where all steps were too large."""
    slower, bounded = run.slower(10.0), [*with_penalty(run, "gradient"), *flat_at_data(run)]
    return Finding(
        name="loss exploded",
        sentence=sentence,
        measured=measured,
        figure=figure,
        threshold=EXPLODED_LOSS,
        tries=[*slower, *bounded] if figure == inf else [*bounded, *slower],
    )

"""Finds a loss that grew without bound. Imports no torch."""

from math import inf

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import EXPLODED_LOSS, LOSS_SCALE

NOT_FINITE = "is not finite"
"""What a run that failed says of a term or a measure that became NaN or infinite."""
OF_A_CRITIC = (
    "The critic's loss grows without end, and so do its scores: nothing holds back its weights. What the generator "
    "learns from such scores is mostly chance."
)


def loss_exploded(run: Evidence) -> Finding | None:
    """Returns the finding where the critic's loss ends far larger than it was, or something became NaN or infinite.

    The generator's loss is not judged, since a constant in the critic's scores, which changes nothing, changes it.
    """
    parts = [abs(loss) for loss in run.parts(run.curve("critic/loss"))]
    low, high = LOSS_SCALE
    grown = parts[-1] / min(high, max(low, min(parts))) if parts else 0.0
    if NOT_FINITE in str(run.summary.get("reason", "")):
        grown = inf
    if grown < EXPLODED_LOSS:
        return None
    return Finding(
        name="loss exploded",
        sentence=OF_A_CRITIC if run.judged else "The loss became NaN or infinite: the steps were too large.",
        measured="size of the critic's loss at the end, against its smallest:",
        figure=grown,
        threshold=EXPLODED_LOSS,
        tries=["penalty=[gradient]", "penalty=[r1]", *run.slower(10.0)],
    )

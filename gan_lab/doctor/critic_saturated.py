"""Finds a critic that has won. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import SATURATED_ACCURACY, SATURATED_GRADIENT

LINEAR = "critic/wasserstein_estimate"
"""What critics log whose loss is a difference of mean scores."""


def critic_saturated(run: Evidence) -> Finding | None:
    """Returns the finding where the critic tells all samples apart, and its own gradient has died.

    The loss of Wasserstein critics is linear in the scores and has no flat side, so that they do not saturate.
    """
    shrunk, accuracy = run.shrunk("critic"), run.ending("critic/accuracy")
    if shrunk is None or len(run.curve(LINEAR)):
        return None
    if shrunk > SATURATED_GRADIENT or (accuracy is not None and accuracy < SATURATED_ACCURACY):
        return None
    return Finding(
        name="critic saturated",
        sentence="The critic tells every generated sample from the real ones without any doubt. It has nothing left to "
        "learn, and the generator learns little from its scores. A penalty on the critic's gradient keeps it from "
        "being so sure.",
        measured="the critic's gradient at the end, against its largest:",
        figure=shrunk,
        threshold=SATURATED_GRADIENT,
        tries=["penalty=[r1]", "penalty=[gradient]", *run.slower(5.0)],
    )

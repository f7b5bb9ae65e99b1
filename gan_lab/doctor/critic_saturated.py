"""Finds a critic that has won. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import SATURATED_ACCURACY, SATURATED_GRADIENT
from gan_lab.doctor.tries import LINEAR, flat_at_data, with_penalty


def critic_saturated(run: Evidence) -> Finding | None:
    """Returns the finding where the critic tells all samples apart, and its own gradient has died.

    The loss of Wasserstein critics is linear in the scores and has no flat side, so that they do not saturate.
    """
    shrunk, accuracy = run.shrunk("critic"), run.ending("critic/accuracy")
    if shrunk is None or accuracy is None or len(run.curve(LINEAR)):
        return None
    if shrunk > SATURATED_GRADIENT or accuracy < SATURATED_ACCURACY:
        return None
    return Finding(
        name="critic saturated",
        sentence=f"The critic is right about {SATURATED_ACCURACY:.0%} of the samples or more, and its own gradient has "
        "nearly gone. It has little left to learn, and the generator learns little from its scores. A penalty on the "
        "critic's gradient keeps it from being so sure.",
        measured=f"norm of the critic's gradient at the end (its accuracy is {accuracy:.3g}), divided by its largest:",
        figure=shrunk,
        threshold=SATURATED_GRADIENT,
        tries=[*flat_at_data(run), *with_penalty(run, "gradient"), *run.slower(5.0)],
    )

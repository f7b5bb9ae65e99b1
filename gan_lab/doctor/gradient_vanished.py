"""Finds a generator that gets no gradient any more. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import VANISHED_GRADIENT
from gan_lab.doctor.tries import LOSS, flat_at_data, with_penalty


def gradient_vanished(run: Evidence) -> Finding | None:
    """Returns the finding where the generator's gradient is a small part of what it was.

    Without a critic, the generator minimises a loss of its own, whose gradient gets small where it is learnt.
    """
    shrunk = run.shrunk("generator")
    if not run.judged or shrunk is None or shrunk > VANISHED_GRADIENT:
        return None
    return Finding(
        name="gradient vanished",
        sentence="The generator hardly gets a gradient any more, so its samples no longer change for the better. "
        "Usually the critic has become flat where the generated samples are.",
        measured="norm of the generator's gradient at the end, divided by its largest:",
        figure=shrunk,
        threshold=VANISHED_GRADIENT,
        tries=[
            *(["loss=non_saturating"] if run.word(LOSS) == "Minimax" else []),
            *flat_at_data(run),
            *with_penalty(run, "gradient"),
            *run.slower(5.0),
        ],
    )

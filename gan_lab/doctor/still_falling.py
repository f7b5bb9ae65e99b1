"""Finds a run that ended too early. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.falling import ends, fall
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import FALLING_FLOORS, FALLING_SHARE, FALLING_TIMES


def still_falling(run: Evidence) -> Finding | None:
    """Returns the finding where the last evaluation is the best, and far better than at two thirds of the run."""
    values, floor = run.curve(run.monitor), run.measures("floor").get(run.monitor, 0.0)
    if not run.finished or len(values) < FALLING_TIMES or values[-1] > values.min():
        return None
    share, (before, last) = fall(values), ends(values)
    if share < FALLING_SHARE or before - last < FALLING_FLOORS * floor:
        return None
    return Finding(
        name="still falling",
        sentence=f"The run ended while {run.monitor} still fell: a longer run is probably better. Compared with other "
        "runs, it shows which one is faster, and not which one is better in the end.",
        measured=f"fall of {run.monitor} over the last third of the evaluations, divided by its value before:",
        figure=share,
        threshold=FALLING_SHARE,
        tries=run.length_times(2.0),
        serious=False,
    )

"""Finds samples that are like no real ones. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.falling import fall
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.ripeness import like_real
from gan_lab.doctor.thresholds import FALLING_SHARE, HALFWAY, LEAST_STEPS, UNREALISTIC
from gan_lab.trust.lenient import whole


def samples_unrealistic(run: Evidence) -> Finding | None:
    """Returns the finding where hardly any sample is like a real one, and the monitored measure does not fall any more.
    Real ones are measured at the end, so that it is found then."""
    steps = whole(run.summary.get("generator_steps"))
    if steps is not None and steps < LEAST_STEPS:
        return None
    share = like_real(run) if run.measures("floor") else None
    if run.progress < HALFWAY or share is None or share > UNREALISTIC or fall(run.curve(run.monitor)) >= FALLING_SHARE:
        return None
    return Finding(
        name="samples unrealistic",
        sentence=f"Hardly any sample is like a real one, and {run.monitor} does not fall any more: the generator has "
        "learnt little, or has lost what it had learnt.",
        measured=f"share of samples that are like real ones{run.beside_real}",
        figure=share,
        threshold=UNREALISTIC,
        tries=[*run.slower(5.0, 0.2), *run.length_times(2.0)],
    )

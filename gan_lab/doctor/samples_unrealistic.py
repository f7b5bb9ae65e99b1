"""Finds samples that are like no real ones. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.ripeness import like_real
from gan_lab.doctor.thresholds import HALFWAY, UNREALISTIC


def samples_unrealistic(run: Evidence) -> Finding | None:
    """Returns the finding where hardly any sample is like a real one, once real ones are measured, too."""
    share = like_real(run) if run.measures("floor") else None
    if run.progress < HALFWAY or share is None or share > UNREALISTIC:
        return None
    return Finding(
        name="samples unrealistic",
        sentence="Hardly any sample is like a real one: the generator has learnt little, or has lost what it had "
        "learnt.",
        measured=f"share of samples that are like real ones{run.beside_real}",
        figure=share,
        threshold=UNREALISTIC,
        tries=[*run.slower(5.0, 0.2), *run.length_times(2.0)],
    )

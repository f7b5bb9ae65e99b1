"""Finds a class or a component of the data that is hardly ever drawn. Imports no torch."""

from math import inf

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.ripeness import ripe
from gan_lab.doctor.thresholds import ENOUGH, MISSING_CLASS
from gan_lab.doctor.tries import more_variety


def class_missing(run: Evidence) -> Finding | None:
    """Returns the finding where a class has a small share, or where a Gaussian of the data has no sample."""
    if not ripe(run) or (found := sign(run)) is None:
        return None
    measured, figure, threshold = found
    return Finding(
        name="class missing",
        sentence="A class, or a component, of the real data is hardly ever drawn: the generator left it out"
        f"{', and the critic does not miss it' if run.judged else ''}.",
        measured=measured,
        figure=figure,
        threshold=threshold,
        tries=more_variety(run),
    )


def sign(run: Evidence) -> tuple[str, float, float] | None:
    """Returns what shows it: its name, its value and its threshold."""
    floor, samples = run.measures("floor"), run.protocol("samples") or inf
    there, of = run.measure("modes_covered"), floor.get("modes_covered")
    if there is not None and of is not None and there < of and samples >= ENOUGH * of:
        return f"components with a sample, of the {of:.0f} that real points have:", there, of
    share, rarest = run.against_real("class_least_share"), floor.get("class_least_share")
    if share is None or rarest is None or share > MISSING_CLASS or rarest * samples < ENOUGH:
        return None
    return "share of the rarest class, divided by that in real images:", share, MISSING_CLASS

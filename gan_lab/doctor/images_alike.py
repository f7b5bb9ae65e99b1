"""Finds samples that are all alike. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.ripeness import ripe
from gan_lab.doctor.thresholds import ALIKE_COVERAGE, ALIKE_DIVERSITY, DUPLICATES, HIGH_PRECISION
from gan_lab.doctor.tries import more_variety


def images_alike(run: Evidence) -> Finding | None:
    """Returns the finding where samples vary little within classes, are equal, or lie near few real ones alone."""
    if (found := equal(run) or alike(run)) is None:
        return None
    measured, figure, threshold = found
    return Finding(
        name="images alike",
        sentence="The generator draws few images again and again, whatever its code is: it has collapsed."
        f"{' It found samples that please the critic and has no reason to draw others.' if run.judged else ''}",
        measured=measured,
        figure=figure,
        threshold=threshold,
        tries=more_variety(run),
    )


def equal(run: Evidence) -> tuple[str, float, float] | None:
    """Returns the share of equal samples, which is a sign at any time: its name, its value and its threshold."""
    share = run.measure("duplicates")
    if share is None or share < DUPLICATES:
        return None
    return "share of samples that are equal to another one:", share, DUPLICATES


def alike(run: Evidence) -> tuple[str, float, float] | None:
    """Returns what shows that samples vary little: its name, its value and its threshold."""
    if not ripe(run):
        return None
    diversity = run.against_real("class_diversity")
    if diversity is not None and diversity <= ALIKE_DIVERSITY:
        return "variance within classes, against that of real images:", diversity, ALIKE_DIVERSITY
    precision, coverage = run.against_real("precision_k3"), run.against_real("coverage_k5")
    if precision is None or coverage is None or precision < HIGH_PRECISION or coverage > ALIKE_COVERAGE:
        return None
    return "coverage, against that of real images:", coverage, ALIKE_COVERAGE

"""Finds samples that are all alike. Imports no torch."""

from dataclasses import dataclass

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.ripeness import ripe
from gan_lab.doctor.thresholds import ALIKE_COVERAGE, ALIKE_DIVERSITY, DUPLICATES, HIGH_PRECISION
from gan_lab.doctor.tries import more_variety

PLEASING = " It found samples that please the critic and has no reason to draw others."


@dataclass(frozen=True)
class Sign:
    """What shows that samples are alike: what it means, what was measured, its value and its threshold."""

    means: str
    measured: str
    figure: float
    threshold: float


def images_alike(run: Evidence) -> Finding | None:
    """Returns the finding where samples are equal, vary little within classes, or lie near few real ones alone."""
    if (sign := equal(run) or alike(run)) is None:
        return None
    return Finding(
        name="images alike",
        sentence=f"{sign.means}{PLEASING if run.judged else ''}",
        measured=sign.measured,
        figure=sign.figure,
        threshold=sign.threshold,
        tries=more_variety(run),
    )


def equal(run: Evidence) -> Sign | None:
    """Returns the share of equal samples, which is a sign at any time."""
    share = run.measure("duplicates")
    if share is None or share < DUPLICATES:
        return None
    means = "Many samples are equal to another one, pixel by pixel: the generator has collapsed."
    return Sign(means, "share of samples that are equal to another one:", share, DUPLICATES)


def alike(run: Evidence) -> Sign | None:
    """Returns what shows that samples vary little."""
    if not ripe(run):
        return None
    diversity = run.against_real("class_diversity")
    if diversity is not None and diversity <= ALIKE_DIVERSITY:
        means = (
            "Samples of one class vary less than half as much as real ones do: the generator has collapsed, or its "
            "images are still too simple."
        )
        return Sign(means, f"variance within classes{run.beside_real}", diversity, ALIKE_DIVERSITY)
    precision, coverage = run.precision, run.against_real("coverage_k5")
    if precision is None or coverage is None or precision < HIGH_PRECISION or coverage > ALIKE_COVERAGE:
        return None
    means = "The samples look real, but they are near few real images: the generator has collapsed."
    return Sign(means, f"coverage{run.beside_real}", coverage, ALIKE_COVERAGE)

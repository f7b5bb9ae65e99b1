"""Finds samples that are realistic and cover little of the data. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import GONE_RECALL, HALFWAY, HIGH_PRECISION
from gan_lab.doctor.tries import more_variety


def recall_gone(run: Evidence) -> Finding | None:
    """Returns the finding where precision is that of real data, about, and recall is not."""
    precision, recall = run.precision, run.against_real("recall_k3")
    if run.progress < HALFWAY or precision is None or recall is None:
        return None
    if precision < HIGH_PRECISION or recall > GONE_RECALL:
        return None
    return Finding(
        name="recall gone",
        sentence="The samples look real, but most real images have no generated one near them: the generator gave up "
        "variety for quality.",
        measured=f"recall{run.beside_real}",
        figure=recall,
        threshold=GONE_RECALL,
        tries=more_variety(run),
    )

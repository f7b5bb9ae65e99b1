"""Finds a critic most of whose weights were cut off. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import CLIPPED_SHARE

SHARE = "critic/clipped_share"


def weights_clipped(run: Evidence) -> Finding | None:
    """Returns the finding where many weights of the critic are at the limit of weight clipping."""
    share = run.ending(SHARE)
    if share is None or share < CLIPPED_SHARE:
        return None
    return Finding(
        name="weights clipped",
        sentence="Many of the critic's weights are at the limit to which they are clipped. Such a critic is too simple "
        "to tell the generator what is wrong with its samples. A gradient penalty bounds its slope without this.",
        measured="share of the critic's weights at their limit:",
        figure=share,
        threshold=CLIPPED_SHARE,
        tries=["penalty=[gradient]", "model.constraints.weight_clipping.limit=0.05", *run.slower(5.0)],
    )

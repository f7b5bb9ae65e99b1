"""Finds a critic that gives all samples one score. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import DEAD_GAP

LIMIT = "model.constraints.weight_clipping.limit"


def critic_dead(run: Evidence) -> Finding | None:
    """Returns the finding where the mean scores of real and generated samples do not differ."""
    real, fake = run.ending("critic/score_real"), run.ending("critic/score_fake")
    if real is None or fake is None:
        return None
    larger = max(abs(real), abs(fake))
    gap = abs(real - fake) / larger if larger else 0.0
    if gap > DEAD_GAP:
        return None
    limit = run.number(LIMIT)
    return Finding(
        name="critic dead",
        sentence="The critic gives real and generated samples the same score, so it tells the generator nothing. Its "
        "weights are too small, or no input reaches its last layer.",
        measured="difference of the mean scores of real and generated samples, divided by the larger one:",
        figure=gap,
        threshold=DEAD_GAP,
        tries=[*([f"{LIMIT}={10 * limit:.3g}"] if limit else []), *run.slower(5.0, 0.2)],
    )

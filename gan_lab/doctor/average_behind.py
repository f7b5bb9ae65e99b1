"""Finds an average of the weights that has not caught up with them. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import BEHIND

HALF_LIFE, DECAY = "model.ema_half_life", "model.ema_decay"


def average_behind(run: Evidence) -> Finding | None:
    """Returns the finding where the generator that is trained is far better than its average, which is measured."""
    last, raw = run.measures("last").get(run.monitor), run.measures("raw").get(run.monitor)
    if last is None or raw is None or raw <= 0:
        return None
    if last / raw < BEHIND or last - raw < run.measures("floor").get(run.monitor, 0.0):
        return None
    half_life = run.number(HALF_LIFE)
    return Finding(
        name="average behind",
        sentence="What is measured and saved is a running average of the generator, and the generator itself is far "
        "better: the average still remembers weights from long ago.",
        measured=f"{run.monitor} of the averaged generator, divided by that of the generator itself:",
        figure=last / raw,
        threshold=BEHIND,
        tries=[
            *([f"{HALF_LIFE}={half_life / 10:.3g}"] if half_life else [f"{DECAY}=0.99"]),
            *run.length_times(2.0),
        ],
        serious=False,
    )

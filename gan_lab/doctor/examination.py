"""All findings of a run. Imports no torch."""

from collections.abc import Callable

from gan_lab.doctor.average_behind import average_behind
from gan_lab.doctor.batch_statistics import batch_statistics
from gan_lab.doctor.class_missing import class_missing
from gan_lab.doctor.critic_dead import critic_dead
from gan_lab.doctor.critic_saturated import critic_saturated
from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.gradient_vanished import gradient_vanished
from gan_lab.doctor.images_alike import images_alike
from gan_lab.doctor.loss_exploded import loss_exploded
from gan_lab.doctor.measure_noisy import measure_noisy
from gan_lab.doctor.memorising import memorising
from gan_lab.doctor.recall_gone import recall_gone
from gan_lab.doctor.samples_unrealistic import samples_unrealistic
from gan_lab.doctor.still_falling import still_falling
from gan_lab.doctor.weights_clipped import weights_clipped

SIGNS: tuple[Callable[[Evidence], Finding | None], ...] = (
    *(critic_dead, critic_saturated, gradient_vanished, loss_exploded, weights_clipped, batch_statistics),
    *(samples_unrealistic, images_alike, class_missing, recall_gone, memorising),
    *(average_behind, measure_noisy, still_falling),
)
"""Causes before symptoms, and what does not say that the run failed last."""


def examined(run: Evidence) -> list[Finding]:
    """Returns the findings of a run, in the order of `SIGNS`."""
    return [found for sign in SIGNS if (found := sign(run)) is not None]

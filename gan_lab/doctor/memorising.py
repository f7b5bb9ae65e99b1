"""Finds a generator that repeats the training images. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import COPYING, HALFWAY, MEMORISING_AUTHENTICITY


def memorising(run: Evidence) -> Finding | None:
    """Returns the finding where samples are nearer to training images than real images are, by two measures.

    Data-copying alone does not tell: it is also negative where samples are few and typical. Authenticity decides alone
    where there are too few training images for the other, and these are learnt by heart most easily.
    """
    authenticity, copying = run.against_real("authenticity"), run.measure("data_copying")
    if run.progress < HALFWAY or authenticity is None or not run.measures("floor"):
        return None
    if authenticity > MEMORISING_AUTHENTICITY or (copying is not None and copying > COPYING):
        return None
    return Finding(
        name="memorising",
        sentence="Samples lie nearer to training images than unseen real images do: the generator repeats what it saw. "
        "FID does not show the difference.",
        measured=f"authenticity{run.beside_real}",
        figure=authenticity,
        threshold=MEMORISING_AUTHENTICITY,
        tries=[
            *(["augment=diffaugment"] if run.judged and run.of_images and not run.has("model.augment") else []),
            *(["model.critic.dropout=0.3"] if run.number("model.critic.dropout") == 0 else []),
            *run.length_times(0.5),
        ],
    )

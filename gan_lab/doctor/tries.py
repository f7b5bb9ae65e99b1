"""What is tried against several findings. Imports no torch."""

from collections.abc import Sequence

from gan_lab.doctor.evidence import Evidence
from gan_lab.trust.lenient import mapping

STD, LOSS = "model.prior.std", "model.loss._target_"
MIXING = ("ClassBCE", "ClassSoftmax")
"""Losses on one score for each class, of which no gradient penalty but R1 can take the gradient."""
LINEAR = "critic/wasserstein_estimate"
"""What critics log whose loss is a difference of mean scores."""


def more_variety(run: Evidence) -> Sequence[str]:
    """Returns overrides that may make samples vary more.

    A wider mixture (source document 001), a critic that is flat at the data (Mescheder et al. 2018, arXiv 1801.04406),
    one that sees two samples at once (PacGAN: Lin et al. 2018, arXiv 1712.04086), and smaller steps.
    """
    std = run.number(STD)
    return [
        *([f"{STD}={2 * std:.3g}"] if std else []),
        *flat_at_data(run),
        *([] if run.setting("model.loss.num_classes") else ["model.packing=2"]),  # a pack of samples has no class
        *run.slower(2.0),
    ]


def flat_at_data(run: Evidence) -> Sequence[str]:
    """Returns an override with R1 besides the run's penalties; none for a loss that is a difference of mean scores,
    which R1 does not bound away from the data."""
    kept = mapping(run.setting("model.penalties"))
    return [] if "lazy_r1" in kept or len(run.curve(LINEAR)) else with_penalty(run, "r1")


def with_penalty(run: Evidence, name: str) -> Sequence[str]:
    """Returns an override with a penalty on the critic's gradient besides the run's penalties; none where it has this
    one, and for critics that have no gradient for each sample alone, or no single score."""
    kept = [*mapping(run.setting("model.penalties"))]
    statistics = run.word("model.critic.batch_statistics") not in ("", "none")
    together = statistics or run.setting("model.critic.norm") == "batch"
    several = name != "r1" and run.word(LOSS) in MIXING
    return [] if name in kept or together or several else [f"penalty=[{','.join([*kept, name])}]"]

"""What is tried against several findings. Imports no torch."""

from collections.abc import Sequence

from gan_lab.doctor.evidence import Evidence

STD = "model.prior.std"


def more_variety(run: Evidence) -> Sequence[str]:
    """Returns overrides that may make samples vary more.

    A wider mixture (source document 001), a critic that is flat at the data (Mescheder et al. 2018, arXiv 1801.04406),
    one that sees two samples at once (PacGAN: Lin et al. 2018, arXiv 1712.04086), and smaller steps.
    """
    std = run.number(STD)
    return [
        *([f"{STD}={2 * std:.3g}"] if std else []),
        *("penalty=[r1]", "model.packing=2"),
        *run.slower(2.0),
    ]

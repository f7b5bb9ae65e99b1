"""Finds batch norm over too few samples. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import SMALL_BATCH
from gan_lab.trust.lenient import mapping, whole


def batch_statistics(run: Evidence) -> Finding | None:
    """Returns the finding where a network normalises by the statistics of a batch of few samples."""
    normalised = [player for player in ("generator", "critic") if run.setting(f"model.{player}.norm") == "batch"]
    batch = run.number("data.batch_size")
    processes = whole(mapping(run.summary.get("machine")).get("processes")) or 1
    if not normalised or batch is None or batch / processes >= SMALL_BATCH:
        return None
    return Finding(
        name="batch statistics",
        sentence=f"Batch norm in the {' and the '.join(normalised)} divides by the spread of a few samples, which "
        "changes from batch to batch: training is noisy, and what is measured later uses other statistics.",
        measured="samples of a batch in a process:",
        figure=batch / processes,
        threshold=SMALL_BATCH,
        tries=[f"data.batch_size={64 * processes}", f"model.{normalised[0]}.norm=none"],
    )

"""Whether the samples of a run are like real ones, and say something about variety yet. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.thresholds import HALFWAY, REALISTIC, WORSE


def like_real(run: Evidence) -> float | None:
    """Returns the share of samples that are like real ones, divided by that of real ones: precision, or for points the
    share that is near a component of the data."""
    return run.against_real("high_quality_share") if run.precision is None else run.precision


def ripe(run: Evidence) -> bool:
    """Returns whether half of the run is done, and either many samples are like real ones, or the monitored measure is
    worse than it was. Before that, samples are alike in every run, and their classes mean nothing."""
    if run.progress < HALFWAY:
        return False
    share = like_real(run)
    now, best = run.measure(run.monitor), run.measures("best").get(run.monitor)
    curve = run.curve(run.monitor)
    before = best if best is not None or not len(curve) else float(curve.min())
    worse = now is not None and before is not None and now > WORSE * before
    return worse or (share is not None and share >= REALISTIC)

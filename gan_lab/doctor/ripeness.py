"""Whether the samples of a run say something about variety yet. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.thresholds import HALFWAY, REALISTIC, WORSE


def ripe(run: Evidence) -> bool:
    """Returns whether half of the run is done, and either many samples are like real ones, or the monitored measure is
    worse than it was. Before that, samples are alike in every run, and their classes mean nothing."""
    if run.progress < HALFWAY:
        return False
    shares = (run.against_real("precision_k3"), run.against_real("high_quality_share"))
    now, best = run.measure(run.monitor), run.measures("best").get(run.monitor)
    curve = run.curve(run.monitor)
    before = best if best is not None or not len(curve) else float(curve.min())
    worse = now is not None and before is not None and now > WORSE * before
    return worse or any(share is not None and share >= REALISTIC for share in shares)

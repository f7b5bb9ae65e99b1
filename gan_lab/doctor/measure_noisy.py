"""Finds a measure that chance moves too much. Imports no torch."""

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import NOISY_INTERVAL

SAMPLES = 10_000.0


def measure_noisy(run: Evidence) -> Finding | None:
    """Returns the finding where the interval of the monitored measure is wide beside the measure."""
    value, interval = run.measures("best").get(run.monitor), run.interval(run.monitor)
    if value is None or interval is None or value <= 0 or (interval[1] - interval[0]) / value < NOISY_INTERVAL:
        return None
    asked, used = run.number("callbacks.evaluation.n") or SAMPLES, run.protocol("samples")
    few = asked < SAMPLES and (used is None or used >= asked)  # otherwise the data have no more
    seed = run.number("seed") or 0
    return Finding(
        name="measure noisy",
        sentence=f"Another draw of as many samples would give quite another {run.monitor}, so it does not tell this "
        "run from others that are somewhat better or worse. More samples, or more seeds, do.",
        measured=f"width of the 95 % interval of {run.monitor}, divided by its value:",
        figure=(interval[1] - interval[0]) / value,
        threshold=NOISY_INTERVAL,
        tries=[*([f"callbacks.evaluation.n={SAMPLES:.0f}"] if few else []), f"seed={seed + 1:.0f}"],
        serious=False,
    )

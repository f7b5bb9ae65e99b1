"""How a measure fell at the end of a run. Imports no torch."""

from gan_lab.runs.curves import Array


def ends(values: Array) -> tuple[float, float]:
    """Returns the value of a curve before its last third, and its last one."""
    return float(values[-1 - len(values) // 3]), float(values[-1])


def fall(values: Array) -> float:
    """Returns by how much a curve fell over its last third, divided by its value before; 0 for one without values."""
    before, last = ends(values) if len(values) else (0.0, 0.0)
    return 1 - last / before if before > 0 else 0.0

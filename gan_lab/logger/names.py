"""What the columns of metrics.csv are called in W&B, which groups its panels by what stands before a slash.
Imports no torch."""

from gan_lab.runs.curves import CLOCKS

MEASURE = "measure/"
BESIDE = "beside_real/"
"""Charts of the first measures with real data as a second line."""
FINAL = "final"
"""The table of what is measured once, at a run's end."""


def wandb_name(column: str) -> str:
    """Returns `measure/fid` for a measure. A term of a player, `critic/loss`, and the clocks keep their names."""
    return column if "/" in column or column in CLOCKS else f"{MEASURE}{column}"

"""Which side of a measure is the better one. Imports no torch."""

LOWER = (
    *("fid", "kid", "emd", "duplicates", "class_kl", "class_tv", "reverse_kl", "class_fid", "class_kid"),
    *("c2st", "mmd2", "fld", "reconstruction"),
)
HIGHER = (
    *("precision", "recall", "density", "coverage", "modes_covered", "high_quality_share", "inception"),
    *("classes_covered", "class_least_share", "cluster_"),
    *("alpha_precision", "beta_recall", "cas"),
)
NEITHER = ("c2st_p", "mmd_p")
"""P-values: those of real images are anywhere in 0..1."""


def direction(measure: str) -> int:
    """Returns -1 where lower values of the measure are better, 1 where higher ones are, and 0 where neither is said.

    Names may go on after what is listed here: `precision_k3` is a `precision`.
    """
    if measure in NEITHER:
        return 0
    return -1 if measure.startswith(LOWER) else 1 if measure.startswith(HIGHER) else 0


def arrow(measure: str) -> str:
    """Returns the arrow to the better side of a measure; empty where neither is said."""
    return {-1: "↓", 0: "", 1: "↑"}[direction(measure)]


def named(measure: str) -> str:
    """Returns the name of a measure followed by its arrow, if it has one: `fid ↓`."""
    return f"{measure} {arrow(measure)}".strip()

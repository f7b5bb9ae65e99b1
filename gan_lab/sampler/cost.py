"""The cost of a sample."""

from gan_lab.types import SampleResult

PASSES = "_evaluations"
"""Ends the names of the counts of a network's passes."""


def cost_per_sample(drawn: SampleResult) -> dict[str, float]:
    """Returns the cost of one sample: `passes` through networks of any kind (a gradient counts as one more), those of
    each kind, and `milliseconds`. Nothing for samples that no network made."""
    n = max(1, len(drawn.x))
    counts = {name: count / n for name, count in drawn.stats.items() if name.endswith(PASSES)}
    if not counts:
        return {}
    each = {f"{name.removesuffix(PASSES)}_passes": count for name, count in counts.items()}
    return {"passes": sum(counts.values())} | each | {"milliseconds": 1000 * drawn.stats["seconds"] / n}

"""The cost of a sample."""

from collections.abc import Mapping

from gan_lab.types import SampleResult

PASSES = "_evaluations"
"""The ending of the names under which passes through networks are counted."""


def cost_per_sample(drawn: SampleResult) -> dict[str, float]:
    """Returns the cost of one sample: `passes` through all networks (a gradient counts as one more), passes through
    each network, and `milliseconds`. It is empty for samples that no network generated."""
    n = max(1, len(drawn.x))
    counts = {name: count / n for name, count in drawn.stats.items() if name.endswith(PASSES)}
    if not counts:
        return {}
    each = {f"{name.removesuffix(PASSES)}_passes": count for name, count in counts.items()}
    return {"passes": sum(counts.values())} | each | {"milliseconds": 1000 * drawn.stats["seconds"] / n}


def cost_in_words(cost: Mapping[str, float]) -> str:
    """Returns the cost of one sample as a sentence part."""
    passes = "1 network pass" if cost["passes"] == 1 else f"{cost['passes']:.4g} network passes"
    return f"cost of a sample: {passes}, {cost['milliseconds']:.3g} ms"

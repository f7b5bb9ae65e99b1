"""Tables for the terminal."""

from collections.abc import Mapping


def table(
    results: Mapping[str, Mapping[str, float]],
    best_step: int,
    last_step: int,
    protocol: Mapping[str, str | int | float],
) -> str:
    """The measures of the best and the last generator, and of real training data, as aligned columns."""
    names = {
        "best": f"generator, best (step {best_step})",
        "last": f"generator, last (step {last_step})",
        "floor": "real training data (the floor)",
    }
    measures = list(results["last"])
    head = ["", *measures]
    lines = [
        [names[row], *(f"{results[row].get(m, float('nan')):.4g}" for m in measures)] for row in names if results[row]
    ]
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    text = [
        "  ".join(cell.rjust(w) if i else cell.ljust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True)))
        for line in [head, *lines]
    ]
    against = f"against {protocol['reference_n']} {protocol['split']} samples; as many were generated"
    return "\n".join(["", *text, against])

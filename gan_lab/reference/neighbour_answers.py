"""The answer on k-d trees, from the benchmark of nearest neighbours."""

from gan_lab.reference.answer_table import Table

POINTS = {"gaussian": "Gaussian points", "mnist": "features of MNIST on their principal axes"}
TREE = "k-d tree"


def tree(t: Table) -> str:
    """Returns in words how many times as long a k-d tree takes as the blocked search, by dimension."""
    found = t.read("benchmark_neighbours.json")
    said = []
    for key, points in POINTS.items():
        times = ", ".join(f"{of[TREE]['times_ours'][0]:.2g} at {dimension}" for dimension, of in found[key].items())
        said.append(f"{points}: {times}")
    return (
        f"**Is a k-d tree inefficient?** Time of a k-d tree divided by that of the blocked search, k = {found['k']}, "
        f"{found['n']:,} points, by the number of dimensions: {'; '.join(said)} ([figure](../neighbours.png))."
    )

"""Whether other extractors rank the rows of the table as the usual one does."""

from collections.abc import Sequence
from statistics import mean

from scipy.stats import rankdata, spearmanr

from gan_lab.reference.published import Record
from gan_lab.terminal.markdown_table import markdown_table

OTHERS = {
    "fid_mnistcnn_v2_seed1": "the same classifier, trained with another seed",
    "fid_mnistcnn_v1": "the classifier of older records",
    "fid_random_v1": "an untrained network",
}
"""What FID by other extractors is called in the records, and what these are."""
FEWEST = 5
"""The number of rows below which a correlation of ranks says nothing."""
NAMED = 3
"""The number of rows that are named because they are ranked otherwise."""


def rulers(records: Sequence[Record]) -> str:
    """Returns a section of the page: Spearman's correlation of the rows' mean FIDs with those by other extractors, and
    the rows whose ranks differ most; empty where too few rows have such a value."""
    lines = []
    for key, what in OTHERS.items():
        pairs = both(records, key)
        if len(pairs) >= FEWEST:
            usual, other = zip(*pairs.values(), strict=True)
            correlation = spearmanr(usual, other).statistic
            lines.append([what, str(len(pairs)), f"{correlation:.3f}", moved([*pairs], usual, other)])
    if not lines:
        return ""
    heads = ["FID by", "rows", "Spearman", "ranked most otherwise"]
    table = markdown_table(heads, lines, ["---", "---:", "---:", "---"])
    return f"""
## The same rows by other extractors

Each row's mean FID over its seeds, ranked by another extractor: a correlation of 1 means the same order. Ranks count
from 1, the lowest FID.

{table}
"""


def both(records: Sequence[Record], key: str) -> dict[str, tuple[float, float]]:
    """Returns the mean FID of each row, by the usual extractor and by the other one; rows of one extractor alone."""
    rows: dict[str, list[tuple[float, float]]] = {}
    extractors = [record["protocol"]["test"]["extractor"] for record in records if key in record["measures"]["test"]]
    usual = max(extractors, key=extractors.count, default=None)
    for record in records:
        found = record["measures"]["test"]
        if key in found and record["protocol"]["test"]["extractor"] == usual:
            rows.setdefault(record["row"], []).append((found["fid"], found[key]))
    return {row: (mean(one), mean(two)) for row, values in rows.items() for one, two in [zip(*values, strict=True)]}


def moved(names: Sequence[str], usual: Sequence[float], other: Sequence[float]) -> str:
    """Returns in words the rows whose ranks differ most, with both ranks."""
    ranks = [(name, int(a), int(b)) for name, a, b in zip(names, rankdata(usual), rankdata(other), strict=True)]
    far = sorted((rank for rank in ranks if rank[1] != rank[2]), key=lambda rank: -abs(rank[1] - rank[2]))
    return ", ".join(f"`{name}` ({b} for {a})" for name, a, b in far[:NAMED]) or "none"

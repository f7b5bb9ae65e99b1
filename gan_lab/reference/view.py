"""The table's records by row, and words for them."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

from gan_lab.reference.row_figures import column_of
from gan_lab.reference.row_records import Record, spread, values

BOTH = ("precision_k3", "recall_k3")


class MissingRowError(Exception):
    """A row that an answer needs and that was not trained yet."""


class Table:
    """What answers are made of; every method raises MissingRowError where a row that it needs is not there."""

    def __init__(self, records: Sequence[Record], reference: Path) -> None:
        self.records, self.reference = records, reference

    def values(self, row: str, measure: str = "fid") -> list[float]:
        """Of all seeds, on the test images."""
        if not (found := values(self.records, row, measure)):
            raise MissingRowError(row)
        return found

    def mean(self, row: str, measure: str = "fid") -> float:
        return mean(self.values(row, measure))

    def said(self, row: str) -> str:
        """FID with its deviation over seeds, precision / recall."""
        fids = self.values(row)
        deviation = f" ± {spread(fids):.1f}" if len(fids) > 1 else ""
        two = " / ".join(f"{self.mean(row, measure):.2f}" for measure in BOTH)
        return f"**{mean(fids):.1f}**{deviation} ({two})"

    def listed(self, rows: dict[str, str]) -> str:
        return "; ".join(f"{label}: {self.said(row)}" for row, label in rows.items())

    def shown(self, rows: Sequence[str], measure: str) -> str:
        """Means of one measure, by commas."""
        return ", ".join(f"{self.mean(row, measure):.2f}" for row in rows)

    def lower(self, row: str, other: str) -> bool | None:
        """Whether all seeds of a row have a lower FID than all of the other; None where the seeds do not tell."""
        mine, theirs = self.values(row), self.values(other)
        if max(mine) < min(theirs):
            return True
        return False if min(mine) > max(theirs) else None

    def verdict(self, claim: bool | None, *rows: str) -> str:
        """The claim in words, and how many seeds it rests on where that is less than three for each."""
        counts = [len(self.values(row)) for row in rows]
        word = {True: "Yes", False: "No", None: "The seeds do not tell"}[claim]
        return word + ("" if min(counts) >= 3 else f" ({' and '.join(map(str, counts))} seeds)")

    def compared(self, row: str, other: str) -> str:
        """Whether a row has the lower FID, in words; and whether precision and recall both say the opposite."""
        claim = self.lower(row, other)
        gains = [self.mean(row, measure) - self.mean(other, measure) for measure in BOTH]
        opposite = claim is not None and all(gain < 0 if claim else gain > 0 for gain in gains)
        return self.verdict(claim, row, other) + (", but precision and recall say the opposite" if opposite else "")

    def curve(self, row: str, column: str) -> tuple[list[int], list[float]]:
        """Generator steps and a column of the curves of seed 1."""
        self.with_curves(row)
        return column_of(self.reference / "table", row, column)

    def with_curves(self, *rows: str) -> str:
        """The first of these rows that has curves."""
        there = {record["row"] for record in self.records if record["seed"] == 1}
        for row in rows:
            if row in there:
                return row
        raise MissingRowError(rows[-1])

    def unrest(self, row: str) -> float:
        """How far the critic's loss is from its mean within a fortieth of the run: its standard deviation there over
        that mean, in percent, the median over the run's second half. Of seed 1."""
        _, losses = self.curve(row, "critic/loss")
        _, within = self.curve(row, "critic/loss_std")
        half = len(losses) // 2
        return median(100 * d / abs(loss) for d, loss in zip(within[half:], losses[half:], strict=True))

    def read(self, path: str) -> Any:
        return json.loads((self.reference / path).read_text())

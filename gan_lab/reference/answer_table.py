"""The table's records by row, and the words in which answers state them."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from statistics import mean, median

from gan_lab.compare.differing import differing
from gan_lab.compare.verdicts import Pair, Verdict, judged
from gan_lab.reference.published import Record
from gan_lab.reference.row_curves import column_of
from gan_lab.reference.row_records import spread, values
from gan_lab.trust.foreign import read_json

BOTH = ("precision_k3", "recall_k3")
UNREST = "variation of the critic's loss"
"""A measure of curves; see `Table.unrest`."""

YES_NO = {True: "Yes", False: "No"}
NO_YES = {True: "No", False: "Yes"}
CHANGES = {True: "FID improves", False: "FID gets worse"}


class MissingRowError(Exception):
    """An answer needs a row or a file that has not been made yet."""


class Table:
    """The records of the table, and the words in which answers state them.

    `pairs` are the rows that are compared anywhere on the page: the verdicts are corrected for all of them. Every
    method raises MissingRowError if it needs a row that has no record.
    """

    def __init__(self, records: Sequence[Record], reference: Path, pairs: Iterable[Pair] = ()) -> None:
        self.records, self.reference = records, reference
        self.pairs = {pair.key: pair for pair in pairs}
        self.asked: list[Pair] = []

    @classmethod
    def asked_by(cls, answers: Iterable["Answer"], records: Sequence[Record], reference: Path) -> "Table":
        """Returns the table for a page of these answers, which are asked once only to see which rows they compare."""
        pairs: list[Pair] = []
        for answer in answers:
            dry = cls(records, reference)
            try:
                answer(dry)
            except MissingRowError:
                continue
            pairs += dry.asked
        return cls(records, reference, pairs)

    @cached_property
    def verdicts(self) -> dict[object, Verdict]:
        """The verdicts on all pairs by their key."""
        return {verdict.pair.key: verdict for verdict in judged([*self.pairs.values()])}

    @property
    def tested(self) -> int:
        """The number of tests that the verdicts are corrected for."""
        return sum(pair.decidable for pair in self.pairs.values())

    def verdict(self, row: str, other: str, measure: str = "fid") -> Verdict:
        """Returns the verdict on whether a row has a lower value than the other."""
        pair = self.pair(row, other, measure)
        self.asked.append(pair)
        found = self.verdicts.get(pair.key)
        return Verdict(pair, found is not None and found.significant, self.tested)

    def pair(self, row: str, other: str, measure: str = "fid") -> Pair:
        """Returns two rows as a verdict compares them."""
        mine, theirs = (tuple(map(float, self.values(name, measure))) for name in (row, other))
        apart = tuple(differing(self.settings(row), self.settings(other)))
        return Pair(row, other, mine, theirs, apart, measure="FID" if measure == "fid" else measure)

    def settings(self, row: str) -> Record:
        """Returns the settings that a row was trained with."""
        return next(record["config"] for record in self.records if record["row"] == row)

    def values(self, row: str, measure: str = "fid") -> list[float]:
        """Returns a measure on the test images, or of the curves, for each seed of a row."""
        if measure == UNREST:
            return [self.unrest(record["row"], record["seed"]) for record in self.of(row)]
        if not (found := values(self.records, row, measure)):
            raise MissingRowError(row)
        return found

    def seeds(self, row: str) -> list[int]:
        """Returns the seeds of a row that have records."""
        return sorted(record["seed"] for record in self.records if record["row"] == row)

    def of(self, row: str) -> list[Record]:
        """Returns the records of a row."""
        if not (found := [record for record in self.records if record["row"] == row]):
            raise MissingRowError(row)
        return found

    def mean(self, row: str, measure: str = "fid") -> float:
        """Returns the mean of a measure over a row's seeds."""
        return mean(self.values(row, measure))

    def said(self, row: str) -> str:
        """Returns in words a row's FID with its standard deviation over seeds, and precision / recall."""
        fids = self.values(row)
        deviation = f" ± {spread(fids):.1f}" if len(fids) > 1 else ""
        two = " / ".join(f"{self.mean(row, measure):.2f}" for measure in BOTH)
        return f"**{mean(fids):.1f}**{deviation} ({two})"

    def listed(self, rows: dict[str, str]) -> str:
        """Returns the text of `said` for each row, after its label."""
        return "; ".join(f"{label}: {self.said(row)}" for row, label in rows.items())

    def shown(self, rows: Sequence[str], measure: str) -> str:
        """Returns the means of one measure for some rows, separated by commas."""
        return ", ".join(f"{self.mean(row, measure):.2f}" for row in rows)

    def lower(self, row: str, other: str) -> bool | None:
        """Returns whether a row has a lower FID than the other; None where the verdict is neither yes nor no."""
        return self.verdict(row, other).lower

    def said_of(self, row: str, other: str, words: dict[bool, str], measure: str = "fid") -> str:
        """Returns the words for the verdict with the interval of the ratio, or the reason why there is none."""
        verdict = self.verdict(row, other, measure)
        return verdict.reason if verdict.lower is None else f"{words[verdict.lower]}: {verdict.ratio}"

    def compared(self, row: str, other: str) -> str:
        """Returns in words whether a row has the lower FID, and whether precision and recall disagree."""
        return self.said_of(row, other, YES_NO) + self.but(row, other, "are both lower", "are both higher")

    def change(self, row: str, other: str) -> str:
        """Returns in words how FID changes from the other row to this, and whether precision and recall disagree."""
        said = self.said_of(row, other, CHANGES)
        if self.lower(row, other) is None:
            return f"the change of FID is {as_clause(said)}"
        return said + self.but(row, other, "get worse", "improve")

    def but(self, row: str, other: str, lower: str, higher: str) -> str:
        """Returns words for precision and recall if both contradict the comparison by FID, else an empty string."""
        claim = self.lower(row, other)
        gains = [self.mean(row, measure) - self.mean(other, measure) for measure in BOTH]
        if claim is None or not all(gain < 0 if claim else gain > 0 for gain in gains):
            return ""
        return f", but precision and recall {lower if claim else higher}"

    def each_compared(self, rows: dict[str, str]) -> str:
        """Returns in words whether each row has a lower FID than the first, by its label."""
        first, *others = rows
        return "; ".join(f"{rows[row]}: {self.compared(row, first).replace(':', ',', 1)}" for row in others)

    def two_rows(self, question: str, rows: dict[str, str]) -> str:
        """Returns the question, whether the first row has a lower FID than the second, and the values of both."""
        return f"**{question}** {self.compared(*rows)}. FID: {self.listed(rows)}."

    def curve(self, row: str, column: str, seed: int = 1) -> tuple[list[int], list[float]]:
        """Returns generator steps and a column of a row's curves."""
        if seed not in self.seeds(row):
            raise MissingRowError(row)
        return column_of(self.reference / "table", row, column, seed)

    def last(self, row: str, column: str) -> float:
        """Returns the mean of a column over the last tenth of the training and over all seeds."""
        return mean(value for record in self.of(row) for value in self.curve(row, column, record["seed"])[1][-4:])

    def with_curves(self, *rows: str) -> str:
        """Returns the first of these rows that has curves."""
        there = {record["row"] for record in self.records if record["seed"] == 1}
        for row in rows:
            if row in there:
                return row
        raise MissingRowError(rows[-1])

    def unrest(self, row: str, seed: int = 1) -> float:
        """Returns how much the critic's loss varies within a fortieth of the run, in percent.

        This is the standard deviation of a fortieth divided by its mean, as the median over the run's second half.
        """
        _, losses = self.curve(row, "critic/loss", seed)
        _, within = self.curve(row, "critic/loss_std", seed)
        half = len(losses) // 2
        return median(100 * d / abs(loss) for d, loss in zip(within[half:], losses[half:], strict=True))

    def read(self, path: str) -> Record:
        """Returns the published JSON file at a path below the folder. Raises MissingRowError if there is none."""
        if not (self.reference / path).is_file():
            raise MissingRowError(path)
        return read_json(self.reference / path)

    def samplers(self) -> Record:
        """Returns the records of samplers. Raises MissingRowError where they were measured on other features."""
        found = self.read("samplers/samplers.json")
        own = {record["protocol"]["test"]["extractor"] for record in self.records if "protocol" in record}
        theirs = {
            protocol.get("extractor")
            for name, model in found.items()
            for protocol in model.get("protocols", {}).values()
            if name != "grid"
        }
        if not theirs <= own:
            raise MissingRowError("samplers.json by the table's extractor")
        return found


Answer = Callable[[Table], str]


def as_clause(answer: str) -> str:
    """Returns an answer as a part of a sentence."""
    return answer[0].lower() + answer[1:].replace(":", ",", 1)

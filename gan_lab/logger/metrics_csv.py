"""metrics.csv: one line for each generator step at which something was measured."""

import csv
import os
from argparse import Namespace
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from io import StringIO
from pathlib import Path
from typing import Any, final

from lightning.pytorch.loggers import Logger
from lightning.pytorch.utilities import rank_zero_only

from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import appending, naming, write_text

STEP = "generator_steps"


@final
class MetricsCSV(Logger):
    """Writes a table with one column per quantity and one line per generator step.

    A line is written when the first value of the next step arrives, or at `save`. If there is a new column, the whole
    file is rewritten. `resume_at` removes the lines of later steps, which a resumed run writes again.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.columns: list[str] = []
        self.rows: list[dict[str, str]] = []
        self.in_file = 0  # the number of rows that are in the file
        self.stale = False  # whether a row in the file has got more values since

    @property
    def name(self) -> str:
        return "csv"

    @property
    def version(self) -> str:
        return ""

    def log_hyperparams(self, params: dict[str, Any] | Namespace, *args: Any, **kwargs: Any) -> None:
        """Does nothing, because config.yaml holds them."""

    @rank_zero_only
    def resume_at(self, step: int) -> None:
        """Reads the file that an interrupted run left, up to and including `step`.

        A last line without its end, which a killed process leaves, does not count. Raises GanLabError for any other
        damage.
        """
        if not os.path.lexists(self.path):
            return
        try:
            self.columns, rows = lines_until(step, self.path)
        except (ValueError, csv.Error) as error:
            raise GanLabError(
                f"{self.path} is damaged ({error}): put it back in order, or move it away, and the run goes on without "
                "its earlier lines"
            ) from error
        self.rows = [{name: value for name, value in row.items() if value != ""} for row in rows]
        self.rewrite()

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, int | float], step: int | None = None) -> None:
        if not self.rows or self.rows[-1][STEP] != str(step):
            self.write()
            self.rows.append({STEP: str(step)})
        elif self.in_file == len(self.rows):
            self.stale = True
        self.rows[-1].update({name: repr(value) for name, value in metrics.items()})

    @rank_zero_only
    def save(self) -> None:
        """Writes everything to the disk."""
        self.write()
        if self.path.is_file():
            with self.path.open("rb") as file:
                os.fsync(file.fileno())

    @rank_zero_only
    def finalize(self, status: str) -> None:
        with suppress(OSError) if status == "failed" else nullcontext():  # the failure itself is what is told
            self.save()

    def write(self) -> None:
        """Appends new lines to the file, or rewrites it if a line or the header has changed."""
        fresh = self.rows[self.in_file :]
        new_columns = [
            name for row in self.rows[self.in_file - self.stale :] for name in row if name not in self.columns
        ]
        if new_columns or self.stale:
            self.columns += dict.fromkeys(new_columns)
            self.rewrite()
        elif fresh:
            self.stale = True  # until all of it is there: on a full disk, half a line may be
            with naming(self.path), appending(self.path) as file:
                csv.DictWriter(file, self.columns, restval="").writerows(fresh)
            self.in_file, self.stale = len(self.rows), False

    def rewrite(self) -> None:
        """Writes the whole file atomically: a crash leaves the old one or the new one."""
        text = StringIO()
        writer = csv.DictWriter(text, self.columns, restval="")
        writer.writeheader()
        writer.writerows(self.rows)
        write_text(self.path, text.getvalue())
        self.in_file, self.stale = len(self.rows), False


def lines_until(step: int, path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Returns the columns and the lines of metrics.csv up to and including `step`, without one that has no end.

    Raises ValueError for what is no such file: other characters or columns, and steps that do not rise.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, IsADirectoryError):
        raise ValueError("it is no text") from None
    reader = csv.reader(text[: text.rfind("\n") + 1].splitlines())
    columns = next(reader, [])
    if text and (columns[:1] != [STEP] or len({*columns}) < len(columns)):
        raise ValueError(f"its first line does not begin with {STEP}, or names a column twice")
    rows: list[dict[str, str]] = []
    for number, values in enumerate(reader, start=2):
        if len(values) != len(columns) or not values[0].isdecimal():
            raise ValueError(f"line {number} is no line of this table")
        if int(values[0]) > step:
            break
        if rows and int(values[0]) <= int(rows[-1][STEP]):
            raise ValueError(f"the step of line {number} does not follow that of the line before")
        rows.append(dict(zip(columns, values, strict=True)))
    return columns, rows

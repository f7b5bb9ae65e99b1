"""metrics.csv: one line for each generator step at which something was measured."""

import csv
import os
from argparse import Namespace
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any, final

from lightning.pytorch.loggers import Logger
from lightning.pytorch.utilities import rank_zero_only

from gan_lab.runs.atomic import appending, write_text

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
        """Reads the file that an interrupted run left, up to and including `step`."""
        if not self.path.is_file():
            return
        with self.path.open(newline="") as file:
            reader = csv.DictReader(file)
            rows = [row for row in reader if None not in row.values() and int(row[STEP]) <= step]
            self.columns = list(reader.fieldnames or [])
        self.rows = [{name: value for name, value in row.items() if value != ""} for row in rows]
        self.rewrite()

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
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
            with appending(self.path) as file:
                csv.DictWriter(file, self.columns, restval="").writerows(fresh)
            self.in_file = len(self.rows)

    def rewrite(self) -> None:
        """Writes the whole file atomically: a crash leaves the old one or the new one."""
        text = StringIO()
        writer = csv.DictWriter(text, self.columns, restval="")
        writer.writeheader()
        writer.writerows(self.rows)
        write_text(self.path, text.getvalue())
        self.in_file, self.stale = len(self.rows), False

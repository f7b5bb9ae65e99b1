"""Several runs as a program and a notebook have them. Imports no torch."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gan_lab.compare.find import find
from gan_lab.compare.run import compared
from gan_lab.compare.tables import markdown, terminal, whole_lines
from gan_lab.library.data_frames import data_frame
from gan_lab.library.trained_run import Run
from gan_lab.page.elements import preformatted
from gan_lab.trust.home import expanded


def open_runs(*folders: str | Path) -> "Runs":
    """Compares the runs and evaluations below folders as `python -m gan_lab.compare` does, and writes nothing.

    Raises GanLabError for what is no folder, and where there is no run. Folders that cannot be read are left out, with
    a sentence each in `skipped`.

    Example:

        runs = gan_lab.open_runs("outputs")
        assert [run.status for run in runs] == ["finished"]
    """
    return Runs([expanded(folder) for folder in folders or ("outputs",)])


class Runs:
    """Runs beside each other, as `open_runs` finds them. A notebook shows their tables.

    To iterate over it gives the training runs, each a `Run`. `rows` has a dictionary for each row of compare.csv: runs
    that differ in their seed alone share a row, with the mean of each measure (best/fid), its standard deviation over
    seeds (best/fid/spread) and the settings that differ; what is not known is None. Measures of rows with different
    `protocol` cannot be compared.

    Example:

        runs = gan_lab.open_runs("outputs")
        assert runs.rows[0]["best/emd"] > 0 and runs.rows[0]["seeds"] == 1
        print(runs.markdown())
    """

    def __init__(self, folders: list[Path]) -> None:
        self._comparison = compared(find(folders), folders)
        heads, *lines = whole_lines(self._comparison.sections, self._comparison.columns)
        self.skipped: list[str] = self._comparison.found.skipped
        self.rows: list[dict[str, Any]] = [
            {head: None if cell == "" else cell for head, cell in zip(heads, line, strict=True)} for line in lines
        ]

    def __iter__(self) -> Iterator[Run]:
        return (Run(found.folder) for found in self._comparison.found.results if found.kind == "training")

    def __len__(self) -> int:
        return sum(found.kind == "training" for found in self._comparison.found.results)

    def frame(self) -> Any:
        """Returns the rows as a pandas.DataFrame. Raises GanLabError where pandas is not installed.

        Example:

            frame = gan_lab.open_runs("outputs").frame()
            assert len(frame) == len(gan_lab.open_runs("outputs").rows)
        """
        return data_frame(self.rows)

    def markdown(self) -> str:
        """Returns compare.md: a table for each protocol, with verdicts on the differences.

        Example:

            assert "seeds" in gan_lab.open_runs("outputs").markdown()
        """
        return markdown(self._comparison.sections, self._comparison.columns, self.skipped)

    def _repr_html_(self) -> str:
        return preformatted(terminal(self._comparison.sections))

    def __repr__(self) -> str:
        return terminal(self._comparison.sections)

"""A run folder as a program and a notebook have it. Imports no torch."""

from pathlib import Path
from typing import Any

import numpy as np

from gan_lab.compare.result import NoRunError, columns_of_run, read_run
from gan_lab.errors import GanLabError
from gan_lab.library.data_frames import data_frame
from gan_lab.metric.headline import headline
from gan_lab.metric.two_floors import FLOOR
from gan_lab.page.elements import embedded, html_table, paragraph
from gan_lab.runs.curves import CLOCKS, read_metrics
from gan_lab.runs.run_folder import BestOrLast, RunFolder
from gan_lab.terminal.table import against, table
from gan_lab.trust.home import expanded


class Run:
    """A training run, finished or not, read from its folder. A notebook shows its first measures and curves.

    `folder` is its path, `status` is running, interrupted, failed, pruned or finished. `measures` has, for the `best`
    and the `last` generator, the last one `raw`, that is not averaged, and the `floor` of real training data, the value
    of each measure by name; `intervals` the 95 % interval of those of the best one, `protocol` what they were measured
    by, `monitor` the measure that chose the best step, `settings` every setting by its key, and `cost` steps, real
    images and seconds. The folder may be anybody's: what is not readable is left out. Raises GanLabError where there is
    no run.

    Example:

        run = gan_lab.Run("outputs/example")
        assert run.measures["best"]["emd"] > 0 and run.settings["model.n_critic"] == 1
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = expanded(folder).absolute()
        if not self.folder.is_dir():
            raise GanLabError(f"there is no run at {folder}: it is no folder")
        try:
            found = read_run(self.folder)
        except NoRunError as error:
            raise GanLabError(f"there is no run at {folder}: {error}") from error
        self.status, self.monitor, self.best_step = found.status, found.monitor, found.best_step
        self.settings: dict[str, Any] = dict(found.settings)
        self.measures: dict[str, dict[str, float]] = {key: dict(of) for key, of in found.measures.items() if of}
        self.intervals: dict[str, tuple[float, float]] = dict(found.intervals)
        self.protocol: dict[str, Any] = dict(found.protocol)
        self.cost: dict[str, float] = dict(found.cost)

    @property
    def curves(self) -> dict[str, dict[int, float]]:
        """What was recorded while it trained: for each measure (fid) and term (critic/loss) its value by generator
        step.

        Example:

            steps, values = zip(*run.curves["emd"].items())
            assert steps[-1] == 3
        """
        found = read_metrics(RunFolder(self.folder).metrics)
        steps = found.clocks[0] if found.clocks.size else []
        return {
            name: {int(step): float(value) for step, value in zip(steps, values, strict=True) if np.isfinite(value)}
            for name, values in found.columns.items()
        }

    def frame(self) -> Any:
        """Returns the curves as a pandas.DataFrame: a line for each line of metrics.csv, with generator_steps,
        images_seen and seconds. Raises GanLabError where pandas is not installed.

        Example:

            frame = run.frame()
            assert frame["generator_steps"].iloc[-1] == 3
            assert frame["emd"].dropna().tolist() == list(run.curves["emd"].values())
        """
        found = read_metrics(RunFolder(self.folder).metrics)
        columns = dict(zip(CLOCKS, found.clocks, strict=True)) | found.columns
        return data_frame([dict(zip(columns, line, strict=True)) for line in zip(*columns.values(), strict=True)])

    def model(self, which: BestOrLast = "best", *, device: str | None = None) -> Any:
        """Returns its best or last checkpoint as a `Model`, which `load` opens.

        Example:

            samples = run.model().sample(16)
        """
        from gan_lab.library.model import load

        return load(self.folder, which, device=device)

    @property
    def _headline(self) -> dict[str, dict[str, float | str]]:
        floors = {FLOOR: self.measures.get("floor", {})}
        columns = columns_of_run(self.measures, self.intervals, self.best_step, floors)
        return headline(columns, self.monitor) if columns else {}

    @property
    def _title(self) -> str:
        told = self.settings
        of = [str(told[key]) for key in ("variant", "dataset") if key in told]
        return f"{' on '.join(of) or 'run'}, {self.status}: {self.folder}"

    @property
    def _against(self) -> str:
        known = {"reference_n", "split"} <= self.protocol.keys()
        return against(self.protocol) if known else ""

    def _repr_html_(self) -> str:
        from gan_lab.images import png  # which imports torch

        curves = png(RunFolder(self.folder).figures / "measures.png")
        picture = "" if curves is None else embedded(curves)
        return f"{paragraph(self._title)}{html_table(self._headline)}{paragraph(self._against)}{picture}"

    def __repr__(self) -> str:
        return "\n".join([self._title, *([table(self._headline), self._against] if self._headline else [])])

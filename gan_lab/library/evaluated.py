"""The numbers of an evaluation as a program and a notebook have them."""

from typing import Any

from gan_lab.evaluate.run import Measured
from gan_lab.metric.headline import headline
from gan_lab.page.elements import html_table, paragraph
from gan_lab.terminal.table import against, table
from gan_lab.trust.lenient import printable


class Evaluation:
    """What `Model.evaluate` measured. A notebook shows the first measures beside those of real data.

    `measures` has the value of each measure by name, means over the sampling seeds; `intervals` the 95 % interval by
    sampling error as (low, high) of those that have one; `spread` the standard deviation over seeds, empty for one
    seed; `floor` the same measures of real training data; `protocol` what they were measured by: numbers of different
    protocols cannot be compared. `record` is all of evaluation.json.

    Example:

        evaluation = model.evaluate("metric.emd_points=50", n=100)
        assert evaluation["emd"] == evaluation.measures["emd"] > 0
        assert evaluation.protocol["dataset"] == "ring" and evaluation.floor["emd"] > 0
    """

    def __init__(self, measured: Measured) -> None:
        self.record: dict[str, Any] = measured.record
        self.measures: dict[str, float] = measured.values
        self.intervals: dict[str, tuple[float, float]] = measured.record["measures"]["interval"]
        self.spread: dict[str, float] = measured.record["measures"]["spread"]
        self.floor: dict[str, float] = measured.record["measures"]["floor"]
        self.protocol: dict[str, Any] = measured.record["protocol"]
        self._headline = headline(measured.columns, measured.evaluator.monitor)
        self._title = printable(measured.subject.title)

    def __getitem__(self, measure: str) -> float:
        return self.measures[measure]

    def _repr_html_(self) -> str:
        return f"{paragraph(self._title)}{html_table(self._headline)}{paragraph(against(self.protocol))}"

    def __repr__(self) -> str:
        return f"{self._title}\n{table(self._headline)}\n{against(self.protocol)}"

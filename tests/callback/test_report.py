"""report.html at the end of a run: it is there before summary.json says that the run has ended, and says so itself."""

from pathlib import Path
from typing import Any

import pytest
from lightning import Callback

from gan_lab.callback.report import Report
from gan_lab.runs.run_folder import RunFolder
from tests.callback.runs import evaluation, played
from tests.callback.test_summary import Read, summary
from tests.fixtures import BuildModel
from tests.report.test_report import Read as Page


class Look(Callback):
    """Keeps what the folder says when the callbacks before this one have ended the run."""

    def __init__(self, folder: Path) -> None:
        self.folder = RunFolder(folder)

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        self.status, self.there = self.folder.read_summary()["status"], self.folder.report.is_file()


@pytest.mark.parametrize(("stop", "status"), [(0, "finished"), (3, "interrupted")])
def test_it_is_there_before_the_summary_says_that_the_run_has_ended(
    build_model: BuildModel, tmp_path: Path, stop: int, status: str
) -> None:
    measured, look = evaluation(tmp_path, times=2), Look(tmp_path)
    callbacks = (measured, Report(run_dir=str(tmp_path)), look, summary(tmp_path), Read(tmp_path, stop=stop))
    played(build_model("model=gan", "data=ring"), 4, *callbacks)
    assert (look.status, look.there) == ("running", True)
    page = Page(RunFolder(tmp_path).report)
    assert ("span", {"class": f"badge {status}"}) in page.elements
    assert RunFolder(tmp_path).read_summary()["status"] == status
    if status == "finished":
        assert page.tables[0][1][1] == f"{measured.results['best']['emd']:.4g}"

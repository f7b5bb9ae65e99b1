"""What a report is about: a run with everything that lies in its folder. Imports no torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan_lab.compare.find import left_out
from gan_lab.compare.result import Result, by_ending, noted, read_evaluation, read_run
from gan_lab.doctor.evidence import evidence_of
from gan_lab.doctor.explanation import records
from gan_lab.report.findings import FINDINGS
from gan_lab.runs.below import walk
from gan_lab.runs.run_folder import EVALUATION, RunFolder
from gan_lab.trust.foreign import read_json, read_yaml
from gan_lab.trust.lenient import tamed


@dataclass(frozen=True)
class Subject:
    """A run, the evaluations that lie in its folder, and its records as they are, which anybody may have written."""

    run: Result
    evaluations: list[Result]
    config: dict[str, Any]
    summary: dict[str, Any]

    @property
    def folder(self) -> Path:
        return self.run.folder


def read_subject(folder: Path, ending: dict[str, Any] | None = None) -> Subject:
    """Returns the run in a folder, as far as its files go. Raises NoRunError where there is none.

    `ending` is what summary.json will hold in a moment, where a run that ends has not written it yet.
    """
    run, unread = read_run(folder, ending), list[str]()
    trained = {folder.resolve(): run}
    evaluations: list[Result] = []
    for path in walk(folder):
        if (path / EVALUATION).is_file():
            with left_out(path, unread):
                evaluations.append(read_evaluation(path / EVALUATION, trained, by_ending(trained)))
    summary = tamed(ending) if ending else noted(read_json, RunFolder(folder).summary, unread)
    if FINDINGS not in summary:  # the run is older, or goes on
        summary = summary | {FINDINGS: records(evidence_of(folder, summary or None))}
    return Subject(run, evaluations, noted(read_yaml, RunFolder(folder).config, unread), summary)

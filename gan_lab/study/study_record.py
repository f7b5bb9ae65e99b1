"""study.json: what a study did, and what each of its trainings reached. Imports no torch."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gan_lab.doctor.evidence import evidence_of
from gan_lab.doctor.examination import examined
from gan_lab.runs.atomic import write_json
from gan_lab.runs.run_folder import EVALUATION, RunFolder
from gan_lab.runs.state import state
from gan_lab.study.protocol import Method, Protocol
from gan_lab.study.trial import Trial, diverged
from gan_lab.trust.foreign import read_json
from gan_lab.trust.lenient import finite_numbers, mapping

RECORD = "study.json"
ON_TEST = "test"
"""The folder in that of a final in which its evaluation on test images lies."""
ABOUT = ("commit", "machine", "versions")


class StudyRecord:
    """Collects the trainings of a study with their folders, and writes them with their results.

    `methods` has by name: the `model` and the `words` and `fixed` values of its command line, whether its loss sees
    class labels (`labelled`), the `ranges` of its settings, and its `trials` and `finals` (`result`).
    """

    def __init__(self, folder: Path, protocol: Protocol, common: Sequence[str]) -> None:
        self.folder = folder
        self.head = {
            "protocol": asdict(protocol) | {"methods": [" ".join((m.model, *m.words)) for m in protocol.methods]},
            "common": [*common],
        }
        self.fixed = protocol.fixed
        self.ranges: dict[Method, Mapping[str, str]] = {}
        self.labelled: dict[Method, bool] = {}
        self.trainings: dict[Method, list[tuple[Trial, str]]] = {method: [] for method in protocol.methods}

    def add(self, trial: Trial, folder: str) -> None:
        """Adds a training, which lies in this folder in that of the study."""
        self.trainings[trial.method].append((trial, folder))

    def write(self) -> None:
        """Writes the file with what the trainings have reached so far."""
        write_json(self.folder / RECORD, self.head | {"methods": {m.name: self.of(m) for m in self.trainings}})

    def of(self, method: Method) -> dict[str, Any]:
        """Returns the record of a method."""
        results = [(trial.final, result(self.folder / folder, trial)) for trial, folder in self.trainings[method]]
        about: dict[str, list[Any]] = {key: [] for key in ABOUT}
        for _, found in results:
            for key in ABOUT:
                if (value := found.pop(key)) is not None and value not in about[key]:
                    about[key].append(value)
        return {
            "name": method.name,
            **{"model": method.model, "words": [*method.words], "fixed": [*self.fixed.get(method.model, ())]},
            "labelled": self.labelled.get(method, False),
            "ranges": self.ranges.get(method, {}),
            "trials": [found for final, found in results if not final],
            "finals": [found for final, found in results if final],
            **about,
        }


def result(run: Path, trial: Trial) -> dict[str, Any]:
    """Returns what a training reached: its `status` (finished, diverged, waiting and others), FID on the validation
    images of the averaged generator (`fid`) and of the one that is trained (`raw`) after the last step, and its cost.
    Of a final all measures: `validation`, `raw_validation` and `test`, with both floors; and what the doctor finds."""
    summary, found = RunFolder(run).read_summary(), state(run)
    measures = {key: finite_numbers(value) for key, value in mapping(summary.get("measures")).items()}
    monitor = found.monitor or "fid"
    told: dict[str, Any] = {
        "seed": trial.seed,
        "settings": dict(setting.split("=", 1) for setting in trial.settings),
        "generator_steps": trial.steps,
        "status": "diverged" if diverged(found) else found.status,
        "fid": measures.get("last", {}).get(monitor),
        "raw": measures.get("raw", {}).get(monitor),
        "floor": measures.get("floor", {}).get(monitor),
        **{key: summary.get(key) for key in ("seconds", "cpu_seconds", *ABOUT)},
    }
    if trial.final:
        evaluation = on_test(run)
        told["validation"] = measures.get("last", {})
        told["raw_validation"] = measures.get("raw", {})
        measured = mapping(evaluation.get("measures"))
        told["test"] = finite_numbers(mapping(measured.get("generated")))
        told["test_floor"] = finite_numbers(mapping(measured.get("floor")))
        told["intervals"] = mapping(measured.get("interval"))
        told["findings"] = [one.brief for one in examined(evidence_of(run))]
        if evaluation:
            told["ms_an_image"] = 1000 * evaluation["seconds"]["sampling"] / evaluation["protocol"]["samples"]
    return told


def on_test(run: Path) -> dict[str, Any]:
    """Returns the evaluation of a final on test images, an empty mapping where there is none yet."""
    path = run / ON_TEST / EVALUATION
    return read_json(path) if path.is_file() else {}

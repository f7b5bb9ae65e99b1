"""The records of studies, method by method, and the values in them. Imports no torch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, isfinite
from pathlib import Path
from statistics import median
from typing import Any

from gan_lab.domains import conform
from gan_lab.study.protocol import Method
from gan_lab.study.study_record import RECORD
from gan_lab.trust.foreign import read_json
from gan_lab.trust.lenient import listed, mapping

COMMITTED = Path(__file__).parents[2] / "outputs" / "reference" / "study"
"""The records of experiment=study in a checkout, a file for each method."""
PILOT = "pilot.json"
METHOD: dict[str, Any] = {
    **{"model": str, "words": list[str], "labelled": bool, "trials": list, "finals": list},
    **{"commit": list[str], "machine": list[dict]},
}
"""The parts of a method's record, with their types."""
TRAINING: dict[str, Any] = {
    **{"status": str, "settings": dict[str, str], "fid": float | None, "raw": float | None, "floor": float | None}
}
"""The parts of the record of a trial or a final that the page needs, with their types."""
FINAL: dict[str, Any] = {
    **dict.fromkeys(("validation", "raw_validation", "test", "test_floor"), dict[str, float]),
    **{"ms_an_image": float},
}
"""The parts besides these of a final that was measured on the test images."""


@dataclass(frozen=True)
class MethodResult:
    """The trials and finals of a method on one data set."""

    name: str
    record: Mapping[str, Any]

    @property
    def model(self) -> str:
        return str(self.record["model"])

    @property
    def group(self) -> str:
        """What the method can be compared with: others on the same data that see as much."""
        other = [word for word in listed(self.record["words"]) if str(word).startswith("data=")]
        data = str(other[-1]).removeprefix("data=") if other else ""
        return " ".join(filter(None, (data, "with class labels" if self.record["labelled"] else "")))

    @cached_property
    def trials(self) -> list[Mapping[str, Any]]:
        """The trials that have ended."""
        return [trial for trial in listed(self.record["trials"]) if trial["status"] in ("finished", "diverged")]

    @cached_property
    def fids(self) -> list[float]:
        """FID of the trials on the validation images, in their order: infinite where the training diverged."""
        return [inf if trial["fid"] is None else float(trial["fid"]) for trial in self.trials]

    @property
    def failures(self) -> int:
        """The number of trials that diverged."""
        return sum(not isfinite(fid) for fid in self.fids)

    @property
    def floor(self) -> float | None:
        """FID of real images against the validation images, None where no training told it."""
        return next((float(trial["floor"]) for trial in self.trials if trial["floor"] is not None), None)

    @property
    def best(self) -> Mapping[str, Any]:
        """The trial with the lowest FID."""
        return self.trials[min(range(len(self.fids)), key=self.fids.__getitem__)]

    @cached_property
    def finals(self) -> list[Mapping[str, Any]]:
        """The finals that were measured on the test images."""
        return [final for final in listed(self.record["finals"]) if final.get("test")]

    @property
    def finals_diverged(self) -> int:
        """The number of finals that diverged."""
        return sum(final["status"] == "diverged" for final in listed(self.record["finals"]))

    def ended(self, trials: int, finals: int) -> bool:
        """Returns whether a method has so many trials and finals, and nothing of it is left to do."""
        over = len(self.finals) + self.finals_diverged
        return len(self.trials) == trials and (over == finals or self.failures == trials)

    def of_finals(self, where: str, measure: str) -> list[float]:
        """Returns a measure of each final: on `test` images, on `validation` images, or there without averaging
        (`raw_validation`)."""
        return [float(final[where][measure]) for final in self.finals if measure in final[where]]


@dataclass(frozen=True)
class Study:
    """The methods of a study that have all of their trials, its protocol, and the names of the methods of the protocol
    that lack some."""

    protocol: Mapping[str, Any]
    common: Sequence[str]
    methods: Sequence[MethodResult]
    missing: Sequence[str]

    def beside(self, other: "Study") -> "Study":
        """Returns this study with the methods of the other that it lacks, where both have the same protocol."""
        if not self.methods or self.common or other.common or rules(self.protocol) != rules(other.protocol):
            return self
        own = {method.name for method in self.methods}
        more = [method for method in other.methods if method.name not in own]
        return replace(self, methods=[*self.methods, *more])


def rules(protocol: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what must be alike for methods to be compared: the budget and the ranges of all methods."""
    return {key: protocol.get(key) for key in ("trials", "rounds", "seed", "space")}


def read_study(folder: Path) -> Study:
    """Returns the study in a folder. Raises GanLabError where there is none, or where its record is damaged."""
    found = read_json(folder / RECORD)
    for name, record in (methods := mapping(found.get("methods"))).items():
        has_parts(record, METHOD, f"{folder / RECORD} is damaged: {name}")
        for training in (*record["trials"], *record["finals"]):
            measured = FINAL if mapping(training).get("test") else {}
            has_parts(training, TRAINING | measured, f"{folder / RECORD} is damaged: a training of {name}")
    return study_of(found, methods)


def has_parts(record: Any, parts: Mapping[str, Any], path: str) -> None:
    """Raises OutOfDomainError where a record lacks one of its parts, or has one of another type."""
    for key, kind in parts.items():
        conform(mapping(record).get(key), kind, f"{path}.{key}")


def committed() -> Study:
    """Returns the study of experiment=study that is committed, which has no method outside of a checkout."""
    files = [read_json(path) for path in sorted(COMMITTED.glob("*.json")) if path.name != PILOT]
    return study_of(files[0] if files else {}, {str(found["name"]): found for found in files})


def study_of(head: Mapping[str, Any], methods: Mapping[str, Any]) -> Study:
    """Returns a study of records by name, of which `head` has the protocol."""
    protocol = mapping(head.get("protocol"))
    found = [MethodResult(name, record) for name, record in methods.items()]
    whole = [method for method in found if len(method.trials) == protocol.get("trials")]
    names = [Method.of(str(text)).name for text in listed(protocol.get("methods"))]
    missing = [name for name in names if name not in {method.name for method in whole}]
    return Study(protocol, listed(head.get("common")), whole, missing)


def grouped(methods: Iterable[MethodResult]) -> dict[str, list[MethodResult]]:
    """Returns the methods by group, each group with the lowest median first."""
    groups: dict[str, list[MethodResult]] = {}
    for method in methods:
        groups.setdefault(method.group, []).append(method)
    return {name: by_median(own) for name, own in groups.items()}


def by_median(group: Iterable[MethodResult]) -> list[MethodResult]:
    """Returns the methods of a group, the lowest median first. A trial that diverged is the last of all."""
    return sorted(group, key=lambda method: (median(method.fids), min(method.fids)))


def fids_of(group: Iterable[MethodResult]) -> dict[str, list[float]]:
    """Returns FID of the trials by method, infinite where one diverged."""
    return {method.name: method.fids for method in group}

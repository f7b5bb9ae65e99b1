"""The measured settings of samplers, and the verdicts on whether each changes FID."""

from collections.abc import Iterator
from dataclasses import dataclass

from gan_lab.compare.verdicts import Pair, Verdict, judged
from gan_lab.reference.answer_table import Table, as_clause
from gan_lab.reference.published import Record
from gan_lab.reference.sampler_plan import TEST, VALIDATION, N

EFFECTS = {True: "it lowers FID of", False: "it raises FID of"}


@dataclass(frozen=True)
class Settings:
    """The settings that were measured on a model with some sampling seeds, at one number of samples.

    `direct` and `others`, by their names, are the records on the test images; `validation` those on the validation
    images, which choose among settings: older records have none.
    """

    model: str
    direct: Record
    others: dict[str, Record]
    validation: dict[str, Record]

    def chosen(self, start: str = "") -> str:
        """Returns the best setting of the samplers whose names begin so, by mean FID on the validation images.

        Where these were not measured, the test images choose.
        """
        names = [name for name in self.others if name.startswith(start)]
        by = self.validation if all(name in self.validation for name in names) else self.others
        return min(names, key=lambda name: by[name]["measures"]["fid"])

    @property
    def chosen_on_test(self) -> bool:
        """Whether the images that choose a setting are those that it is reported on."""
        return not {*self.others} <= {*self.validation}

    def pair(self, name: str) -> Pair | None:
        """Returns a setting and the plain generator on the same sampling seeds; None without values by seed."""
        mine, plain = by_seed(self.others[name]), by_seed(self.direct)
        if not mine or mine.keys() != plain.keys():
            return None
        values, others = (tuple(of[seed] for seed in sorted(mine)) for of in (mine, plain))
        return Pair(name, "direct", values, others, paired=True, where=f"{self.model} {self.direct['n']}")

    def fid(self, name: str = "direct") -> float:
        """Returns the mean FID of a setting on the test images."""
        record = self.direct if name == "direct" else self.others[name]
        return record["measures"]["fid"]


def by_seed(record: Record) -> dict[int, float]:
    """Returns FID by sampling seed; nothing for a record that has means alone."""
    values = record.get("runs", {}).get("fid", [])
    return dict(zip(record["seeds"], map(float, values), strict=True)) if values else {}


def settings_at(t: Table, n: int = N) -> Iterator[Settings]:
    """Yields the settings measured with several seeds and n samples, for each model of images that has any."""
    for name, model in t.samplers().items():
        rows = [
            row for row in model["rows"] if row["n"] == n and len(row["seeds"]) > 1 and "fid" in row["measures"]
        ]  # points have no FID
        test, validation = (
            {row["sampler"]: row for row in rows if row.get("split", TEST) == split} for split in (TEST, VALIDATION)
        )
        if "direct" in test:
            direct = test.pop("direct")
            yield Settings(name, direct, test, validation)


class SamplerVerdicts:
    """The verdicts on all settings on the page, by model, number of samples and setting, corrected for all of them."""

    def __init__(self, t: Table) -> None:
        numbers = {row["n"] for model in t.samplers().values() for row in model["rows"]}
        pairs = [
            pair
            for n in sorted(numbers)
            for found in settings_at(t, n)
            for name in found.others
            if (pair := found.pair(name)) is not None
        ]
        self.verdicts = {verdict.pair.key: verdict for verdict in judged(pairs)}
        self.tested = sum(pair.decidable for pair in pairs)

    def of(self, found: Settings, name: str) -> Verdict | None:
        """Returns the verdict on whether a setting lowers FID; None where the records do not allow any."""
        pair = found.pair(name)
        return None if pair is None else self.verdicts[pair.key]

    def effect(self, found: Settings, name: str) -> str:
        """Returns in words what a setting does to the model's FID, with both values."""
        verdict = self.of(found, name)
        values = f"({found.fid():.1f} without, {found.fid(name):.1f} with it)"
        if verdict is None:
            return f"there is no verdict for `{found.model}` {values}"
        if verdict.lower is None:
            return f"it is {as_clause(verdict.reason)} for `{found.model}` {values}"
        return f"{EFFECTS[verdict.lower]} `{found.model}` {values}"

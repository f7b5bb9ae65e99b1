"""The table's records beside both floors: on the test images, and on the validation images, which chose the
checkpoint."""

from collections.abc import Iterable, Sequence
from statistics import mean

from gan_lab.reference.published import Record
from gan_lab.reference.row_records import spread

NEAR = {
    "fid": ("FID", ".2f"),
    "kid": ("KID", ".4f"),
    "class_kl": ("class KL", ".4f"),
    "class_tv": ("class TV", ".4f"),
}
"""The measures that are read against both floors, with their names and forms."""
SPLITS = {"test": ("test", "floor"), "validation": ("best", "floor_validation")}
"""Where a record has the measures of its best checkpoint on a split, and the floor of that split."""
TIMES = 10
"""Rows with more than so many times the floor of FID are far from it, whichever floor it is."""


def measured_on(records: Iterable[Record], split: str, measure: str) -> list[float]:
    """Returns a measure of the best checkpoint on a split for each record that has it."""
    which, _ = SPLITS[split]
    return [found[measure] for record in records if measure in (found := record["measures"].get(which, {}))]


def average_and_raw(records: Sequence[Record]) -> str:
    """Returns the mean FID after the last step on the validation images: of the running average, and of the generator
    that is trained; a dash where it was not recorded."""
    of = ([r["measures"][which]["fid"] for r in records if r["measures"].get(which)] for which in ("last", "raw"))
    return " / ".join(f"{mean(fids):.2f}" if fids else "-" for fids in of)


def floor_of(records: Iterable[Record], split: str, measure: str) -> float | None:
    """Returns a measure of real training images on a split; None where the records are older than that floor."""
    _, which = SPLITS[split]
    floors = (record["measures"].get(which, {}).get(measure) for record in records)
    return next((floor for floor in floors if floor is not None), None)


def mean_of(values: Sequence[float], form: str) -> str:
    """Returns the mean over seeds with the standard deviation where there are several, or a dash for no values."""
    if not values:
        return "-"
    return f"{mean(values):{form}}" + (f" ± {spread(values):{form}}" if len(values) > 1 else "")


def real(records: Iterable[Record], split: str, measure: str, form: str) -> str:
    """Returns a measure of real images as text, or a dash where it was not recorded."""
    floor = floor_of(records, split, measure)
    return "-" if floor is None else f"{floor:{form}}"


def times_the_floors(records: Sequence[Record]) -> str:
    """Returns in words how many times each floor of FID a row has; empty where one of them is unknown."""
    times = []
    for split in SPLITS:
        values, floor = measured_on(records, split, "fid"), floor_of(records, split, "fid")
        if not values or not floor:
            return ""
        times.append(f"{mean(values) / floor:.1f} times that of real images on the {split} images")
    return f"FID is {' and '.join(times)}"


def near_rows(by_row: dict[str, list[Record]]) -> list[list[str]]:
    """Returns the lines of a table of the rows near the floor, best first, and of the floors: FID, KID and class
    balance, each on both splits."""
    everything = [record for records in by_row.values() for record in records]
    floor = floor_of(everything, "test", "fid")
    if floor is None:
        return []
    fids = {name: mean(found) for name, records in by_row.items() if (found := measured_on(records, "test", "fid"))}
    near = sorted((name for name, fid in fids.items() if fid <= TIMES * floor), key=lambda name: fids[name])
    columns = [
        (split, measure, f"{name}, {split}", form)
        for measure, (name, form) in NEAR.items()
        for split in SPLITS
        if measured_on(everything, "test", measure)
    ]
    return [
        ["row", *(head for _, _, head, _ in columns)],
        *(
            [f"`{name}`", *(mean_of(measured_on(by_row[name], split, m), form) for split, m, _, form in columns)]
            for name in near
        ),
        ["real images (floor)", *(real(everything, split, m, form) for split, m, _, form in columns)],
    ]

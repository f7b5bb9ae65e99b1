"""python -m tests.faults: kills and spoils commands in every way, and writes outputs/reference/faults.json.

    python -m tests.faults                 100 random kills, aimed ones, every other fault, a sweep of 200 jobs
    python -m tests.faults kills=10 each=1 jobs=20 out=FILE     a shorter one

Every kill is followed by what one types then, and what is there at the end is compared with an uninterrupted command.
"""

import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from gan_lab.runs.atomic import write_json
from gan_lab.runs.provenance import commit, machine
from tests.commands import REPOSITORY
from tests.faults.bench import Bench
from tests.faults.faults import FAULTS, may_mount
from tests.faults.kills import aimed_kills, random_kills, survive
from tests.faults.sweep_of_many import sweep_of_many

SETTINGS = {"kills": 100, "each": 4, "jobs": 200, "seed": 0}
"""Random kills; renames of each command at which it is killed before and after; jobs of the long sweep."""


def main() -> None:
    given = dict(word.partition("=")[::2] for word in sys.argv[1:])
    out = Path(given.pop("out", REPOSITORY / "outputs" / "reference" / "faults.json"))
    if unknown := given.keys() - SETTINGS.keys():
        sys.exit(f"faults: {min(unknown)} is no option: the options are out, {', '.join(SETTINGS)}")
    settings = SETTINGS | {key: int(text) for key, text in given.items()}
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        record = campaign(Bench(Path(folder)), settings)
        record["sweep_of_many"] = sweep_of_many(settings["jobs"], Path(folder) / "sweep_of_many")
    about: dict[str, Any] = {"command": " ".join(["python -m tests.faults", *sys.argv[1:]]), **settings}
    about |= {"commit": commit(REPOSITORY), "minutes": round((time.monotonic() - start) / 60, 1)}
    about |= machine(torch.device("cpu"), 1)
    write_json(out, about | record)
    failed = record["failed"]
    print(f"{len(failed)} did not hold; the record is {out}")
    sys.exit(1 if failed else 0)


def campaign(bench: Bench, settings: dict[str, int]) -> dict[str, Any]:
    """Returns what held and what did not: of kills by command, and of every other fault."""
    kills = [*random_kills(settings["kills"], settings["seed"])]
    aimed = [*aimed_kills(bench, settings["each"])]
    held: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    failed: dict[str, str] = {}

    def attempt(kind: str, name: str, action: Callable[[], None]) -> None:
        tried[kind] += 1
        try:
            action()
            held[kind] += 1
        except Exception as error:
            failed[name] = str(error)[-500:] or traceback.format_exc()[-500:]
            tqdm.write(f"did not hold: {name}: {failed[name]}")

    for kill in tqdm([*chain(kills, aimed)], "kills", disable=None):
        kind = f"{'random' if kill.aim is None else 'aimed'} kills, {kill.scenario}"
        attempt(kind, str(kill), lambda kill=kill: survive(bench, kill))  # type: ignore[misc]
    for name, fault in tqdm(FAULTS.items(), "other faults", disable=None):
        attempt(name, name, lambda fault=fault: fault(bench))  # type: ignore[misc]
    counts = {kind: {"tried": tried[kind], "held": held[kind]} for kind in tried}
    total = {kind: sum(n for name, n in tried.items() if name.startswith(kind)) for kind in ("random", "aimed")}
    return {"kills": total, "disk_mounted": may_mount(), "counts": counts, "failed": failed}


if __name__ == "__main__":
    main()

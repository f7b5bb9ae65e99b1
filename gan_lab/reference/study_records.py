"""The records of experiment=study that are committed, taken from the folder of a study, and their page."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, cast

import torch

from gan_lab.config.compose import compose_config
from gan_lab.errors import GanLabError
from gan_lab.reference.finished_runs import clean
from gan_lab.runs.atomic import write_json
from gan_lab.runs.provenance import provenance
from gan_lab.study.cost_file import SHIPPED, TRIAL, cost_line
from gan_lab.study.protocol import Method, Protocol
from gan_lab.study.round_cost import costs
from gan_lab.study.study_record import RECORD
from gan_lab.study.study_results import COMMITTED, PILOT, committed, read_study, rules
from gan_lab.study.trial import Trial
from gan_lab.study.trial_draws import space_of
from gan_lab.study.written_page import write_page
from gan_lab.sweep.space import extremes
from gan_lab.trust.foreign import read_json

PAGE = COMMITTED / "README.md"
COMMAND = "OMP_NUM_THREADS=1 python -m gan_lab.reference study --costs"


def collect(folder: Path) -> None:
    """Keeps the methods of a study whose trials and finals have all ended, and writes the page.

    Raises GanLabError for a study with other values for all trainings or another protocol than `experiment=study` has,
    and for trainings by code that is not committed.
    """
    study = read_study(folder)
    if study.common:
        raise GanLabError(
            f"{folder} is a study with {' '.join(map(str, study.common))}, and not experiment=study itself"
        )
    now = asked()
    if rules(study.protocol) != rules(now):
        raise GanLabError(f"{folder} is a study with another budget, seed or space than experiment=study has now")
    protocol = {**study.protocol, "methods": now["methods"]}
    ended = [method for method in study.methods if method.ended(now["trials"], now["finals"])]
    for method in ended:
        if unclean := [commit for commit in method.record["commit"] if not clean(commit)]:
            raise GanLabError(f"{method.name} was trained by code that is not committed ({unclean[0]})")
        COMMITTED.mkdir(exist_ok=True)
        write_json(COMMITTED / f"{method.name}.json", {"protocol": protocol, **method.record})
    write_page(committed(), PAGE)
    print(f"{len(ended)} methods of {folder} are in {COMMITTED}")


def asked() -> dict[str, Any]:
    """Returns the protocol of experiment=study as it is now."""
    return cast(dict[str, Any], compose_config("experiment=study", keys=["study"])["study"])


def time_rounds() -> None:
    """Writes the costs of the rounds that experiment=study can have and that the file lacks, measured one after the
    other on one thread. A line that is removed from the file is timed again."""
    protocol, kept = Protocol.of(asked()), read_json(SHIPPED)
    wanted = [line for method in protocol.methods for line in lines(protocol, method)]
    missing = [line for line in wanted if line not in kept["costs"]]
    torch.set_num_threads(1)
    known = kept["costs"] | costs(missing, [TRIAL], compose_config)
    timed = [*kept["timed"], {"lines": missing, **provenance(torch.device("cpu"))}]
    write_json(SHIPPED, {"command": COMMAND, "costs": {line: known[line] for line in wanted}, "timed": timed})


def lines(protocol: Protocol, method: Method) -> Iterator[str]:
    """Yields the command lines of a method whose rounds differ in cost."""
    own = Trial.of(method, protocol)
    searched = compose_config(TRIAL, *own.words, keys=["search"])["search"]
    space = space_of(protocol.ranges(method, searched or {}))
    costly = {key: extremes(kind) for key, kind in sorted(space.items()) if key in protocol.costly}
    for chosen in product(*costly.values()):
        settings = tuple(f"{key}={value}" for key, value in zip(costly, chosen, strict=True))
        yield cost_line(replace(own, settings=settings), protocol.costly)


def collect_pilot(folders: list[Path]) -> None:
    """Adds the trials of several studies with other networks, times or ranges to pilot.json, in their order."""
    path = COMMITTED / PILOT
    found: list[Any] = read_json(path)["studies"] if path.is_file() else []
    for folder in folders:
        study, whole = read_json(folder / RECORD), read_study(folder)
        found.append(
            {
                "common": " ".join(map(str, study["common"])),
                "protocol": study["protocol"],
                "floor": whole.methods[0].floor,
                "methods": {method.name: method.record for method in whole.methods},
            }
        )
    COMMITTED.mkdir(exist_ok=True)
    write_json(path, {"studies": found})

"""What a campaign found, as the record outputs/reference/mutants.json and as sentences."""

from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import torch

from gan_lab.runs.provenance import commit, provenance
from tests.mutants.campaign import QUICK, SLOW, Campaign, Planted
from tests.mutants.draw import Excuses
from tests.mutants.mutant import Mutant

ENOUGH = 0.95
"""Of all mutants, those that `make test` must find. `make test-all` must find the rest."""


def record(
    root: Path, campaign: Campaign, planted: Sequence[Planted], left_out: Sequence[Mutant], excused: Excuses
) -> dict[str, Any]:
    """Counts, by room too; the diff of each mutant that the quick tests missed; those left out, each with its proof."""
    missed = [one for one in planted if campaign.survives(one, QUICK)]
    survivors = [one for one in missed if campaign.survives(one, SLOW)]
    quick = [outcome for one in planted if (outcome := campaign.outcome(one, QUICK))]
    endless = [one for one in planted if any(ended_by_limit(campaign, one, marks) for marks in (QUICK, SLOW))]

    def counts(some: Sequence[Planted]) -> dict[str, int]:
        """How many of these are what."""
        return {
            "planted": len(some),
            "found_by_test": sum(one not in missed for one in some),
            "found_by_test_all": sum(one not in survivors for one in some),
            "found_since_the_tests_did_not_end": sum(one in endless for one in some),
        }

    rooms = {one.room: [other for other in planted if other.room == one.room] for one in planted}
    return {
        "command": "python -m tests.mutants",
        "seed": campaign.seed,
        **counts(planted),
        "share_found_by_test": round(1 - len(missed) / len(planted), 4),
        "seconds_each": round(mean(outcome.seconds for outcome in quick), 2),
        "rooms": {room: counts(some) for room, some in rooms.items()},
        "survivors": [told(root, one.mutant) for one in survivors],
        "found_by_slow_tests_only": [told(root, one.mutant) for one in missed if one not in survivors],
        "left_out": [told(root, mutant) | {"why": excused[mutant.key]} for mutant in left_out],
        **provenance(torch.device("cpu"), campaign.workers),
        "commit": commit(root),
    }


def ended_by_limit(campaign: Campaign, one: Planted, marks: str) -> bool:
    outcome = campaign.outcome(one, marks)
    return outcome is not None and outcome.status is None


def told(root: Path, mutant: Mutant) -> dict[str, Any]:
    return {"file": mutant.file, "line": mutant.line, "kind": mutant.kind, "diff": mutant.diff(root)}


def sentences(found: dict[str, Any]) -> str:
    """The record for the terminal."""
    diffs = [one["diff"] for one in (*found["survivors"], *found["found_by_slow_tests_only"])]
    total = found["planted"]
    return "\n".join(
        [
            *diffs,
            f"{total} mutants; make test finds {found['found_by_test']} ({found['share_found_by_test']:.1%}), "
            f"make test-all {found['found_by_test_all']}; "
            f"{found['seconds_each']} seconds each; {len(found['left_out'])} left out with a proof",
        ]
    )


def enough(found: dict[str, Any]) -> bool:
    """Whether the tests find what they must."""
    return bool(found["share_found_by_test"] >= ENOUGH and not found["survivors"])

"""A study without trainings: records as a study writes them, with values that a test chooses."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PROTOCOL = {
    **{"methods": [], "trials": 8, "finals": 2, "rounds": 100, "seed": 1},
    **{"space": {"optimizer.lr": "tag(log,interval(1e-4,1e-2))"}, "own": {}, "fixed": {}, "costly": []},
}
COMMIT = "0123456789" * 4


def method(name: str, fids: Sequence[float | None], **more: Any) -> dict[str, Any]:
    """The record of a method whose trials have these FIDs, None where one diverged."""
    trials = [
        {
            **{"seed": number, "settings": {"optimizer.lr": f"{10 ** -(2 + number / 5):.3g}"}, "generator_steps": 50},
            **{"status": "diverged" if fid is None else "finished", "fid": fid, "raw": fid, "floor": 1.0},
        }
        for number, fid in enumerate(fids)
    ]
    best = min((fid for fid in fids if fid is not None), default=None)
    finals = [
        {
            **{"seed": 500 + number, "settings": {}, "status": "finished", "fid": best, "ms_an_image": 0.5},
            **{"validation": {"fid": best}, "raw_validation": {"fid": best}},
            "test": {"fid": (best or 0) + number, "precision_k3": 0.8, "recall_k3": 0.6},
            "test_floor": {"fid": 2.0, "precision_k3": 0.9, "recall_k3": 0.9},
        }
        for number in range(2)
    ]
    own = {"name": name, "model": name, "words": [], "fixed": [], "labelled": False, "ranges": PROTOCOL["space"]}
    return {**own, "trials": trials, "finals": finals, "commit": [COMMIT], "machine": [], "versions": [], **more}


def written(folder: Path, methods: Mapping[str, dict[str, Any]], **head: Any) -> Path:
    """The folder with the study.json of these methods."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.json").write_text(json.dumps({"protocol": PROTOCOL, "common": [], **head, "methods": methods}))
    return folder

"""The older table stands beside the same rows by the same features."""

import json
from pathlib import Path
from typing import Any

from gan_lab.reference.history import SAME_RULER, history
from tests.reference.made import record


def test_rows_are_shown_as_they_were_and_as_they_are(tmp_path: Path) -> None:
    old = {"fid": 30.0, "precision_k3": 0.5, "recall_k3": 0.25}
    rows = {"gan": {"1": old, "2": old | {"fid": 32.0}}, "best": {"1": old | {"fid": 2.0}}}
    (tmp_path / "table.json").write_text(json.dumps({"extractor": "older", "rows": rows}))
    by_features: dict[str, Any] = {SAME_RULER: 28.0}
    page = history(tmp_path, [record("gan", 40.0, **by_features)])
    best, gan = [line for line in page.splitlines() if line.startswith("| `")]
    assert best == "| `best` | 1 | 2.0 | 0.50 | 0.25 | - | - |"
    assert gan == "| `gan` | 2 | 31.0 ± 1.4 | 0.50 | 0.25 | 28.0 | 40.0 |"
    assert "features of `older`" in page

"""The numbers of short runs stay what they were, on any processor: a refactoring that changes them must say so.

After a change that is meant, `python -m tests.golden.record` writes golden.json anew.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.golden.record import VARIANTS, recorded

GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text())


@pytest.mark.parametrize("variant", VARIANTS)
def test_terms_of_ten_rounds(build_model: Any, variant: str) -> None:
    found = recorded(lambda: build_model(f"model={variant}", "data=ring"))
    assert found.keys() == GOLDEN[variant].keys()
    for name, values in GOLDEN[variant].items():
        assert found[name] == pytest.approx(values, rel=1e-6, abs=1e-9), name

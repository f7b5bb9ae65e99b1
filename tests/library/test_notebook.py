"""The notebook runs from its first cell to its last, and is stored without what it shows."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands import environment
from tests.documents import REPOSITORY
from tests.forked import Forked

NOTEBOOK = REPOSITORY / "gan_lab" / "library" / "documents.ipynb"
CELLS: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text())["cells"]
CODE = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"]


def run_cells(cells: list[str]) -> None:
    """Does what Jupyter does, which is not installed: runs each cell, and shows the value of its last line."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, code in enumerate(cells):
        *body, last = ast.parse(code).body
        if not isinstance(last, ast.Expr):
            body.append(last)
        exec(compile(ast.Module(body, []), f"cell {number}", "exec"), names)
        if isinstance(last, ast.Expr):
            shown(eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names))


def shown(value: Any) -> None:
    """Shows a value as a notebook does: what is no text as a page or a picture."""
    forms = [getattr(value, form)() for form in ("_repr_html_", "_repr_png_") if hasattr(value, form)]
    assert isinstance(value, dict) or [form for form in forms if len(form) > 100]
    print(repr(value))


def test_it_is_stored_without_outputs() -> None:
    assert NOTEBOOK.stat().st_size < 20_000
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in CELLS if "outputs" in cell)


def test_every_document_has_a_part() -> None:
    headings = [line for cell in CELLS for line in cell["source"] if line.startswith("## ")]
    assert all(any(number in line for line in headings) for number in ("000", "001", "002", "003", "004"))


@pytest.mark.slow
def test_every_cell_runs(tmp_path: Path) -> None:
    process = Forked(run_cells, CODE, cwd=tmp_path, env=environment())
    printed, _ = process.communicate(timeout=1200)
    assert process.returncode == 0, printed
    assert printed.count("what to do next:") == 5, "as many trainings"

"""Says how many lines of gan_lab the tests ran, and which public classes none used: `make coverage` ends with it."""

import ast
import json
import sys
from pathlib import Path
from typing import Any

import torch

from tests.commands import REPOSITORY

REPORT = REPOSITORY / ".coverage.json"
PERCENT = 90
NEEDS_A_GPU = ("gan_lab/model/captured.py: CUDAGraph",)
"""Classes that only a machine with a GPU can use."""


def calls(path: Path, measured: dict[str, Any]) -> dict[str, bool]:
    """Returns the names that a file calls, and whether a line that does so was run."""
    run = set(measured["executed_lines"])
    statements = run | {*measured["missing_lines"], 0}
    found: dict[str, bool] = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            begins = max(line for line in statements if line <= node.lineno)
            found[name] = found.get(name, False) or begins in run
    return found


def unused_classes(files: dict[str, Any], root: Path) -> list[str]:
    """Returns the public classes of which no method was run; one without methods must be called where a line was run.

    A class that has no lines to run and that nobody calls, an interface, is left out.
    """
    called: dict[str, bool] = {}
    for file, measured in files.items():
        for name, run in calls(root / file, measured).items():
            called[name] = called.get(name, False) or run
    return [
        f"{file}: {name}"
        for file, measured in files.items()
        for name, lines in measured["classes"].items()
        if name and not name.startswith("_")
        if not (lines["executed_lines"] if lines["summary"]["num_statements"] else called.get(name, True))
    ]


def main() -> None:
    report = json.loads(REPORT.read_text())
    percent = report["totals"]["percent_covered"]
    left_out = () if torch.cuda.is_available() else NEEDS_A_GPU
    unused = [one for one in unused_classes(report["files"], REPOSITORY) if one not in left_out]
    if left_out:
        print(f"not asked of this machine, which has no GPU: {', '.join(left_out)}")
    print(
        f"{percent:.1f} % of the lines of gan_lab were run; public classes that no test used: {len(unused)}",
        *unused,
        sep="\n",
    )
    if unused or percent < PERCENT:
        sys.exit(1)


if __name__ == "__main__":
    main()

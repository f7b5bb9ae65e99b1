"""Runs pytest again and again, each time in a process forked from this one, which stands in a copy of the repository.

It has imported what gan_lab takes from elsewhere, torch and all, but nothing of gan_lab: a run of tests pays for its
own imports only. Reads one JSON object a line, {"arguments", "limit", "printed"}, and answers each with {"status",
"seconds"}: the status is null where the time ran out, and negative where a signal ended the process.
"""

import ast
import contextlib
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

OURS = {"gan_lab", "hydra_plugins", "tests"}


def libraries(package: Path) -> set[str]:
    """The modules of others that a package imports, at the top or in a function."""
    found: set[str] = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    return {name for name in found if name.partition(".")[0] not in OURS}


def run_pytest(arguments: Sequence[str], printed: str) -> None:
    """In the forked process: as `python -m pytest` does. Does not return."""
    os.setsid()  # a group of its own, so that whatever it starts ends with it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    output = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    with contextlib.suppress(OSError):  # where a bug eats the memory, Linux ends this process and no other
        Path("/proc/self/oom_score_adj").write_text("1000")
    pytest = importlib.import_module("pytest")
    sys.modules["__main__"] = importlib.import_module("pytest.__main__")
    status = int(pytest.main([*arguments]))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def forked(arguments: Sequence[str], limit: float, printed: str) -> dict[str, Any]:
    """Forks, waits `limit` seconds at most and ends whatever is left."""
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            run_pytest(arguments, printed)
        finally:
            os._exit(1)
    status = None
    try:
        while status is None and time.monotonic() < start + limit:
            ended, code = os.waitpid(child, os.WNOHANG)
            if ended:
                status = os.waitstatus_to_exitcode(code)
            else:
                time.sleep(0.02)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        if status is None:
            os.waitpid(child, 0)
    return {"status": status, "seconds": round(time.monotonic() - start, 2)}


def main() -> None:
    """Answers until its input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    for name in sorted(libraries(Path("gan_lab"))):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        print(json.dumps(forked(**json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()

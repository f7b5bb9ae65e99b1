"""Parts of a measurement that share a time: each is a process, and none of them can take the record of the others."""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Part:
    """A command that is given the seconds it may take as its last argument, and prints what it found as lines of JSON.

    Each line replaces the one before, so that what is stopped half-way has found something.
    """

    name: str
    command: Sequence[str]
    limit: float  # seconds
    least: float  # seconds; with less than this the part is not begun


def play(
    parts: Sequence[Part],
    seconds: float,
    write: Callable[[Record], None],
    clock: Callable[[], float] = time.monotonic,
) -> Record:
    """Returns what became of each part, in order, in at most so many seconds; `write` gets it after each part."""
    end = clock() + seconds
    record: Record = {}
    for part in parts:
        left = end - clock()
        if left < part.least:
            reason = f"{max(left, 0):.0f} seconds were left, and this part needs {part.least:g}"
            record[part.name] = {"status": "skipped", "reason": reason}
        else:
            record[part.name] = outcome(part.command, min(part.limit, left))
        write(record)
    return record


def outcome(command: Sequence[str], seconds: float) -> dict[str, Any]:
    """Returns the status (done, failed, stopped), the seconds, the result and the reason of a process and its children,
    which are killed at the end of the time."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found, said = Path(folder) / "found", Path(folder) / "said"
        with found.open("w") as out, said.open("w") as err:
            try:
                process = subprocess.Popen([*command, f"{seconds:.1f}"], stdout=out, stderr=err, start_new_session=True)
            except OSError as error:
                return {"status": "failed", "reason": str(error)}
            try:
                code = process.wait(seconds)
                status = "done" if code == 0 else "failed"
                reason = "" if code == 0 else f"exit status {code}: {last_words(said)}"
            except subprocess.TimeoutExpired:
                status, reason = "stopped", f"it took longer than {seconds:.0f} seconds: {last_words(said)}"
            finally:
                kill_all(process)
        result = last_result(found)
    taken = {"status": status, "seconds": round(time.monotonic() - start, 1)}
    return taken | ({"reason": reason} if reason else {}) | ({} if result is None else {"result": result})


def kill_all(process: "subprocess.Popen[bytes]") -> None:
    """Kills the process and its children, if any is left."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def last_result(found: Path) -> Any:
    """Returns the last line that is JSON, None where there is none."""
    for line in reversed(found.read_text(errors="replace").splitlines()):
        try:
            return json.loads(line)
        except ValueError:  # cut, or of a library
            continue
    return None


def last_words(said: Path) -> str:
    return said.read_text(errors="replace")[-1500:].strip()

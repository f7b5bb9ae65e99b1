"""A copy of the repository in which bugs are planted, one after the other. The working tree is never touched."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutants import fork_server
from tests.mutants.mutant import Mutant

PASSED, NO_TESTS = 0, 5
"""pytest's."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of tests ended: pytest's status, or None where its time ran out; and the first test that failed."""

    status: int | None
    seconds: float
    by: str = ""

    @property
    def passed(self) -> bool:
        return self.status in (PASSED, NO_TESTS)


class Bench:
    """`folder` gets the copy and what tests write. Close it in the end."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.copy = folder / "copy"
        self.scratch = folder / "tests"
        self.printed = folder / "printed.txt"
        self.stamp = int(time.time())
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
        for name in filter(None, listed.stdout.split("\0")):
            if (root / name).is_file():
                (self.copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, self.copy / name)
        subprocess.run(["git", "init", "--quiet"], cwd=self.copy, check=True)  # a test asks Git what is tracked
        subprocess.run(["git", "add", "--all"], cwd=self.copy, check=True)
        path = os.pathsep.join([str(self.copy), str(self.copy / "gan_lab" / "plugins")])
        data = str(Path(os.environ.get("GAN_LAB_DATA", "data")).absolute())
        self.server = subprocess.Popen(
            [sys.executable, "-P", fork_server.__file__],
            cwd=self.copy,
            env=os.environ | {"PYTHONPATH": path, "GAN_LAB_DATA": data, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def close(self) -> None:
        """Ends the server and what it runs."""
        self.server.terminate()
        self.server.communicate()

    def test(self, tests: Sequence[str], marks: str, limit: float, mutant: Mutant | None = None) -> Outcome:
        """Runs the tests in this order, up to the first that fails, with a bug or none."""
        if mutant is None:
            return self.run(tests, marks, limit)
        path = self.copy / mutant.file
        clean, times = path.read_text(), path.stat()
        path.write_text(mutant.applied(clean))
        self.stamp += 1  # Python takes a compiled file for current where the source's second and size are the same
        os.utime(path, (self.stamp, self.stamp))
        try:
            return self.run(tests, marks, limit)
        finally:
            path.write_text(clean)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    def run(self, tests: Sequence[str], marks: str, limit: float) -> Outcome:
        options = ["-x", "-q", "--tb=short", "-n", "0", "-p", "no:cacheprovider", f"--basetemp={self.scratch}"]
        request = {"arguments": [*options, "-m", marks, *tests], "limit": limit, "printed": str(self.printed)}
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps(request) + "\n")
        self.server.stdin.flush()
        answer = json.loads(self.server.stdout.readline())
        failed = re.search(r"^(?:FAILED|ERROR) (\S+)", self.said(), re.MULTILINE)
        return Outcome(**answer, by=failed[1] if failed else "")

    def said(self) -> str:
        """What the last run of tests printed."""
        return self.printed.read_text(errors="replace") if self.printed.exists() else ""

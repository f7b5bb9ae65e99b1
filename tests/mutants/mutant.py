"""One planted bug: a line of a file, and the line that takes its place."""

from dataclasses import dataclass
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mutant:
    """`file` is relative to the repository, `line` counts from 1, `before` and `after` are that line's whole text."""

    file: str
    line: int
    kind: str
    before: str
    after: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it when other lines move: its file, the line's text and what becomes of it."""
        return self.file, self.before.strip(), self.after.strip()

    def digest(self, seed: int) -> str:
        """A number that looks random and depends on nothing else in the file, so that an edit elsewhere draws alike."""
        return sha256("\n".join((str(seed), *self.key)).encode()).hexdigest()

    def applied(self, text: str) -> str:
        """The text of the whole file with the bug in it. Raises ValueError where the line is another one by now."""
        lines = text.splitlines(keepends=True)
        if lines[self.line - 1].rstrip("\n") != self.before:
            raise ValueError(f"{self.file}:{self.line} is no longer {self.before!r}")
        lines[self.line - 1] = f"{self.after}\n"
        return "".join(lines)

    def diff(self, root: Path) -> str:
        """The bug as a patch of the file below `root`."""
        text = (root / self.file).read_text()
        before, after = text.splitlines(keepends=True), self.applied(text).splitlines(keepends=True)
        return "".join(unified_diff(before, after, self.file, self.file, n=1))

"""Which bugs are planted: some in every room, of as many kinds and in as many files as there are, by a seed."""

import json
from collections import Counter, defaultdict
from hashlib import sha256
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.mutants.operators import is_another_program, mutants
from tests.mutants.rooms import rooms

EXCUSED = Path(__file__).with_name("excused.json")

Excuses = dict[tuple[str, str, str], str]
"""By the key of a mutant, the sentence that proves that it changes nothing."""


def excuses(path: Path = EXCUSED) -> Excuses:
    """Reads the list of mutants that are left out: file, line, mutation and why."""
    return {(e["file"], e["line"], e["mutation"]): e["why"] for e in json.loads(path.read_text())}


def draw(root: Path, room: str, n: int, seed: int, excused: Excuses) -> tuple[list[Mutant], list[Mutant]]:
    """`n` mutants of a room, or all where there are fewer, and those that were left out on the way.

    The kinds take turns; each gives the mutant of the smallest digest in a file that has the fewest.
    """
    texts = {file: (root / file).read_text() for file in rooms(root)[room]}
    kinds: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in (mutant for file, text in texts.items() for mutant in mutants(text, file)):
        kinds[mutant.kind].append(mutant)
    order = sorted(kinds, key=lambda kind: sha256(f"{seed} {room} {kind}".encode()).hexdigest())
    drawn: list[Mutant] = []
    left_out: list[Mutant] = []
    used: Counter[str] = Counter()
    while len(drawn) < n and any(kinds.values()):
        for kind in [kind for kind in order if kinds[kind]][: n - len(drawn)]:
            mutant = min(kinds[kind], key=lambda one: (used[one.file], one.digest(seed)))
            kinds[kind].remove(mutant)
            if mutant.key in excused:
                left_out.append(mutant)
            elif is_another_program(mutant, texts[mutant.file]):
                used[mutant.file] += 1
                drawn.append(mutant)
    return drawn, left_out

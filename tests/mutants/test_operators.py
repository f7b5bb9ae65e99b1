"""Each kind of bug, on a line that it can be made in; and where none may be planted."""

import pytest

from tests.mutants.mutant import Mutant
from tests.mutants.operators import is_another_program, mutants

LINES = {
    "x = f(a, dim=0)": {("dimension", "x = f(a, dim=1)"), ("count", "x = f(a, dim=-1)")},
    "x = f(a, dim=-1)": {
        *(("dimension", "x = f(a, dim=0)"), ("count", "x = f(a, dim=-2)"), ("count", "x = f(a, dim=-0)")),
        ("dropped", "x = f(a, dim=1)"),
    },
    "def f(x=2, *, y=True): ...": {
        *(("default", "def f(x=3, *, y=True): ..."), ("default", "def f(x=1, *, y=True): ...")),
        ("default", "def f(x=2, *, y=False): ..."),
    },
    "x = 64": {("count", "x = 128")},
    "x = 0.5": {("count", "x = 1.5"), ("count", "x = -0.5")},
    "x = a < b": {("comparison", "x = a <= b"), ("comparison", "x = a > b")},
    "x = a is not None": {("comparison", "x = a is None")},
    "x = (a) not in b": {("comparison", "x = (a) in b")},
    "x = a // b": {("arithmetic", "x = a * b")},
    "x -= a": {("arithmetic", "x += a")},
    "x = a and b": {("logic", "x = a or b")},
    "x = [a for a in b if a]": {("condition", "x = [a for a in b if not (a)]")},
    "while not x: x = g(x)": {("dropped", "while x: x = g(x)")},
    "x = torch.mean(a)": {("twin", "x = torch.sum(a)")},
    "x = a.min(b)": {("twin", "x = a.max(b)")},
    "x = f(a, b, c)": {("swapped", "x = f(b, a, c)")},
    "x = max(a, b)": {("twin", "x = min(a, b)")},
    "f(a)": {("forgotten", "pass")},
    "for x in y: continue": {("early", "for x in y: break")},
    'x = "ä", f(a, b)  # ü': {("swapped", 'x = "ä", f(b, a)  # ü')},  # two bytes in one column
}

LEFT_OUT = [
    '"""One of 3."""',
    "import torch as a, numpy as b",
    "x: Shape[3]",
    "def f(x: Shape[3]) -> Literal[1]: ...",
    "X = Literal[1, 2]",
    "__all__ = [*a] * 2",
    "raise ValueError(f(1, 2))",
    "assert x is not None",
    'x = f"{a + 1}"',
    "print(a + 1, b)",
    "log.warning(a, b)",
    "bar.update(n + 1)",
    "panel.set_title(a + 1)",
    "x = tqdm(y, a + 1)",
    "x = f(y, fontsize=7)",
    "@cached(size=3)\ndef f(x): ...",
    "if TYPE_CHECKING: f(a, b)",
]


@pytest.mark.parametrize("line", LINES)
def test_each_kind_of_bug(line: str) -> None:
    found = mutants(line, "file.py")
    assert {(mutant.kind, mutant.after) for mutant in found} == LINES[line]
    assert all(is_another_program(mutant, line) for mutant in found)


def test_a_function_without_a_result_ends_early_but_not_before_what_does_nothing() -> None:
    text = "def f(x) -> None:\n    self.x = x\n    panel.legend()\n    x.y()\n    print(x)\n"
    found = [(mutant.line, mutant.after) for mutant in mutants(text, "file.py") if mutant.kind == "early"]
    assert found == [(2, "    return"), (3, "    return")]


@pytest.mark.parametrize("text", LEFT_OUT)
def test_where_no_bug_is_planted(text: str) -> None:
    assert mutants(text, "file.py") == []


def test_what_does_not_compile_or_is_the_same_program_is_none() -> None:
    assert not is_another_program(Mutant("file.py", 1, "", "x = 1", "x = "), "x = 1\n")
    assert not is_another_program(Mutant("file.py", 1, "", "x = 1", "x = (1)"), "x = 1\n")


def test_a_line_that_has_changed_is_refused() -> None:
    with pytest.raises(ValueError, match="no longer"):
        Mutant("file.py", 1, "", "x = 1", "x = 2").applied("x = 3\n")

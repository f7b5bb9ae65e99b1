"""The bugs that can be planted in a file, each within one line: the mistakes that people make and reviewers miss.

Why no library: mutmut 3 puts a switch around every function, which the shape checks of jaxtyping would see, and so
would the signatures that configurations are checked against; it changes bodies of functions only and draws no sample.
cosmic-ray edits files in place, brings a web server and a database, takes annotations for code, and knows neither
arguments nor the mistakes of array code: a sum for a mean, the wrong dimension.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.mutants.mutant import Mutant
from tests.mutants.places import left_out, places

COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<", "<=", ">"),
    ast.LtE: ("<=", "<", ">="),
    ast.Gt: (">", ">=", "<"),
    ast.GtE: (">=", ">", "<="),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
    ast.Pow: ("**", "*"),
}
PAIRS = [
    *(("min", "max"), ("minimum", "maximum"), ("amin", "amax"), ("argmin", "argmax"), ("mean", "sum"), ("any", "all")),
    *(("floor", "ceil"), ("zeros", "ones"), ("zeros_like", "ones_like")),
]
TWINS = dict(PAIRS) | {second: first for first, second in PAIRS}
COMMUTATIVE = {*("min", "max", "minimum", "maximum", "equal", "isclose", "allclose", "gcd", "logaddexp", "isinstance")}
"""Two arguments that may stand in either order; nobody takes those of isinstance for each other."""
TEXT = (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp)
"""Operands that a number's operator is no mistake for."""


@dataclass(frozen=True, slots=True)
class Edit:
    """In line `line`, `text` instead of the bytes from `start` to `end`."""

    line: int
    start: int
    end: int
    text: str


class Source:
    """A file's text, in which a node of its tree can be found: Python counts columns in bytes of UTF-8."""

    def __init__(self, text: str) -> None:
        self.lines = [line.encode() for line in text.splitlines()]

    def of(self, node: ast.expr) -> str:
        return self.lines[node.lineno - 1][node.col_offset : node.end_col_offset].decode()

    def before(self, edit: Edit) -> str:
        return self.lines[edit.line - 1].decode()

    def after(self, edit: Edit) -> str:
        """The line with the edit in it."""
        line = self.lines[edit.line - 1]
        return (line[: edit.start] + edit.text.encode() + line[edit.end :]).decode()

    def between(self, first: ast.expr, second: ast.expr, old: str, *new: str) -> Iterator[Edit]:
        """The operator `old`, which stands between two nodes of a line, as each of `new`."""
        if first.end_lineno == second.lineno and first.end_col_offset is not None:
            start, end = first.end_col_offset, second.col_offset
            text = self.lines[second.lineno - 1][start:end].decode()
            yield from (Edit(second.lineno, start, end, text.replace(old, other, 1)) for other in new)


def whole(node: ast.expr | ast.stmt, *texts: str) -> Iterator[Edit]:
    """Each of `texts` in the place of a node that has one line."""
    if node.lineno == node.end_lineno and node.end_col_offset is not None:
        yield from (Edit(node.lineno, node.col_offset, node.end_col_offset, text) for text in texts)


def count(node: ast.AST | None, source: Source) -> Iterator[Edit]:
    """One more, one less, the other sign; twice as many where one more of so many would be no mistake."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        few = node.value < 20
        yield from whole(node, *([str(node.value + 1), str(node.value - 1)] if few else [str(2 * node.value)]))
    elif isinstance(node, ast.Constant) and type(node.value) is float:
        yield from whole(node, str(node.value + 1), f"-{source.of(node)}")


def flag(node: ast.AST | None, source: Source) -> Iterator[Edit]:
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        yield from whole(node, str(not node.value))


def default(node: ast.AST, source: Source) -> Iterator[Edit]:
    """What an argument is where nobody names it."""
    if isinstance(node, ast.FunctionDef):
        for value in (*node.args.defaults, *node.args.kw_defaults):
            yield from count(value, source)
            yield from flag(value, source)


def dimension(node: ast.AST, source: Source) -> Iterator[Edit]:
    """The rows for the columns."""
    if isinstance(node, ast.keyword) and node.arg in ("dim", "axis"):
        other = {"0": "1", "1": "0", "-1": "0", "2": "1"}.get(ast.unparse(node.value))
        yield from whole(node.value, other) if other else ()


def comparison(node: ast.AST, source: Source) -> Iterator[Edit]:
    if isinstance(node, ast.Compare):
        for first, operator, second in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            yield from source.between(first, second, *COMPARISONS[type(operator)])


def arithmetic(node: ast.AST, source: Source) -> Iterator[Edit]:
    match node:
        case ast.BinOp(left=first, op=operator, right=second) if not (text(first) or text(second)):
            ends = first, second
        case ast.AugAssign(target=first, op=operator, value=second) if not text(second):
            ends = first, second
        case _:
            return
    if type(operator) in ARITHMETIC:
        yield from source.between(*ends, *ARITHMETIC[type(operator)])


def text(node: ast.expr) -> bool:
    return isinstance(node, TEXT) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def logic(node: ast.AST, source: Source) -> Iterator[Edit]:
    """`and` for `or`, and the reverse."""
    if isinstance(node, ast.BoolOp):
        words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for first, second in zip(node.values, node.values[1:], strict=False):
            yield from source.between(first, second, *words)


def condition(node: ast.AST, source: Source) -> Iterator[Edit]:
    """The other case."""
    tests = node.ifs if isinstance(node, ast.comprehension) else [getattr(node, "test", None)]
    for test in tests:
        if isinstance(test, ast.expr) and not is_not(test):
            yield from whole(test, f"not ({source.of(test)})")


def is_not(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def dropped(node: ast.AST, source: Source) -> Iterator[Edit]:
    """A `not` or a minus that is missing."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield from whole(node, source.of(node.operand)) if node.operand.lineno == node.lineno else ()


def twin(node: ast.AST, source: Source) -> Iterator[Edit]:
    """Another function of the same signature: the largest for the least, a sum for a mean."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if name in TWINS and node.func.end_lineno is not None and node.func.end_col_offset is not None:
            end = node.func.end_col_offset
            yield Edit(node.func.end_lineno, end - len(name), end, TWINS[name])


def swapped(node: ast.AST, source: Source) -> Iterator[Edit]:
    """The first two arguments of a call in the wrong order."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] not in COMMUTATIVE:
        first, second = [*node.args, None, None][:2]
        if first is None or second is None or isinstance(first, ast.Starred) or isinstance(second, ast.Starred):
            return
        if first.lineno == second.end_lineno and first.end_col_offset and second.end_col_offset:
            between = source.lines[first.lineno - 1][first.end_col_offset : second.col_offset].decode()
            texts = f"{source.of(second)}{between}{source.of(first)}"
            yield Edit(first.lineno, first.col_offset, second.end_col_offset, texts)


def forgotten(node: ast.AST, source: Source) -> Iterator[Edit]:
    """A call for its effect that is not there."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield from whole(node, "pass")


def early(node: ast.AST, source: Source) -> Iterator[Edit]:
    """The end of a function, or of a loop, before its time."""
    if isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Constant) and node.returns.value is None:
        for number, statement in enumerate(node.body):
            rest = [other for other in node.body[number + 1 :] if not left_out(other)]
            to_replace = ast.Assign | ast.AugAssign if rest == [] else ast.Assign | ast.AugAssign | ast.Expr
            if isinstance(statement, to_replace) and not isinstance(statement.value, ast.Constant):
                yield from whole(statement, "return")
    elif isinstance(node, ast.Continue | ast.Break):
        yield from whole(node, "break" if isinstance(node, ast.Continue) else "continue")


OPERATORS: dict[str, Callable[[ast.AST, Source], Iterator[Edit]]] = {
    operator.__name__: operator
    for operator in (
        *(dimension, default, count, flag, comparison, arithmetic, logic, condition, dropped),
        *(twin, swapped, forgotten, early),
    )
}
"""By kind. Where two make the same line, it is of the first."""


def mutants(text: str, file: str) -> list[Mutant]:
    """All bugs that could be planted in a file, in the order of its lines."""
    source, nodes = Source(text), [*places(ast.parse(text))]
    found: dict[tuple[int, str], Mutant] = {}
    for kind, operator in OPERATORS.items():
        for node in nodes:
            for edit in operator(node, source):
                after = source.after(edit)
                found.setdefault((edit.line, after), Mutant(file, edit.line, kind, source.before(edit), after))
    return sorted(found.values(), key=lambda mutant: mutant.line)


def is_another_program(mutant: Mutant, text: str) -> bool:
    """Whether a file with the bug in it compiles, and to something else."""
    try:
        return ast.dump(ast.parse(mutant.applied(text))) != ast.dump(ast.parse(text))
    except SyntaxError:
        return False

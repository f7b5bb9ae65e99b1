"""Where a bug may be planted: everywhere but in what changes no result, or only how something is said or drawn."""

import ast
from collections.abc import Iterator

NEVER = (ast.Import, ast.ImportFrom, ast.Raise, ast.Assert, ast.JoinedStr)
"""A raised error and an f-string hold a message for people; an assertion tells the type checker what is known."""
FIELDS = {"annotation", "returns", "decorator_list"}
SAID = ("print", "warnings.warn", "log.", "logging.", "bar.", "self.bar.", "progress.", "tqdm.")
"""Calls that only people read."""
DRAWN = {"grid", "legend", "set_axisbelow", "set_label", "set_title", "set_xlabel", "set_ylabel", "tick_params"}
"""Methods of matplotlib that name an axis or make it look well."""
BARS = {"tqdm", "bar"}
"""Of a progress bar, only what it goes over changes results."""
LOOKS = {
    *("alpha", "capsize", "dpi", "figsize", "fontsize", "frameon", "indent", "labelsize", "linewidth", "linewidths"),
    *("markerscale", "markersize", "rad", "s", "shrink", "stacklevel", "title_fontsize", "zorder"),
    "strict",  # of zip: asserts what holds anyway
}
"""Keywords that say how a figure or a file looks."""


def places(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below `node`, and itself, that may be changed."""
    if left_out(node):
        return
    if isinstance(node, ast.Call) and ast.unparse(node.func) in BARS:
        for argument in node.args[:1]:
            yield from places(argument)
        return
    yield node
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if field not in FIELDS and isinstance(child, ast.AST):
                yield from places(child)


def left_out(node: ast.AST) -> bool:
    """Whether a bug in it would change no result."""
    match node:
        case ast.Call():
            called = ast.unparse(node.func)
            said = any(called == name or (name.endswith(".") and called.startswith(name)) for name in SAID)
            return said or called.rpartition(".")[2] in DRAWN
        case ast.Expr(value=ast.Call() as call):
            return left_out(call)
        case ast.keyword():
            return node.arg in LOOKS
        case ast.Subscript():
            return ast.unparse(node.value) == "Literal"
        case ast.If():
            return ast.unparse(node.test) == "TYPE_CHECKING"
        case ast.Assign():
            return ast.unparse(node.targets[0]) == "__all__"
    return isinstance(node, NEVER)

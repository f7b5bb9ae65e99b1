"""Reads the options of a class of gan_lab from its source, without importing it. Imports no torch."""

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import gan_lab
from gan_lab.build import FOREIGN, Signature
from gan_lab.checks.trainer_options import TRAINER

PACKAGE = Path(gan_lab.__file__).parent
LIGHT = {"typing", "collections.abc", "functools", "pathlib", "gan_lab.domains"}
"""Modules of annotations whose import costs nothing."""
KINDS = {kind.__name__: kind for kind in (int, float, bool, str, tuple, list, dict, object, type)}

Definition = tuple[str, ast.AST]
"""The module in which a name is defined, and the statement that does so."""


@lru_cache(maxsize=512)
def source_signature(target: str) -> Signature | None:
    """Returns what `gan_lab.build.signature_of` says of the target, None where the source alone does not tell.

    Annotations that need torch, such as that of a network, become a class that no plain value belongs to.
    """
    if target in FOREIGN | TRAINER:
        return Signature(target.rpartition(".")[2], (FOREIGN | TRAINER)[target], frozenset())
    module, _, name = target.rpartition(".")
    found = definition(module, name)
    if found is None:
        return None
    if isinstance(found[1], ast.FunctionDef):
        return of_function(*found, name)
    constructors = [*constructors_of(*found)]
    return None if not constructors or constructors[0] is None else of_constructors(constructors, name)


def of_constructors(constructors: list[Definition | None], name: str) -> Signature | None:
    """Returns the signature of a class whose constructors are these, its own first, then those of its bases."""
    if not constructors or constructors[0] is None:
        return None
    module, function = constructors[0]
    assert isinstance(function, ast.FunctionDef)
    own = of_function(module, function, name)
    if function.args.kwarg is None or function.args.kwarg.arg != "base":
        return own
    base = of_constructors(constructors[1:], name)
    return None if base is None else own.over(base)


def of_function(module: str, function: ast.AST, name: str) -> Signature:
    """Returns the signature of one function, without `self`."""
    assert isinstance(function, ast.FunctionDef)
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    without = [None] * (len(positional) - len(arguments.defaults))
    defaults = [*without, *arguments.defaults, *arguments.kw_defaults]
    both = [
        (a, d)
        for a, d in zip([*positional, *arguments.kwonlyargs], defaults, strict=True)
        if a.arg not in ("self", "cls")
    ]
    return Signature(
        name,
        {argument.arg: annotation(module, argument.annotation) for argument, _ in both},
        frozenset(argument.arg for argument, default in both if default is None),
        takes_any=arguments.kwarg is not None,
    )


def constructors_of(module: str, node: ast.AST) -> Iterator[Definition | None]:
    """Yields the constructors of a class and of its bases; None for a base that lies outside of gan_lab."""
    assert isinstance(node, ast.ClassDef)
    for member in node.body:
        if isinstance(member, ast.FunctionDef) and member.name == "__init__":
            yield module, member
    for base in node.bases:
        if ast.unparse(base) in ("ABC", "Protocol"):
            continue
        found = definition(module, base.id) if isinstance(base, ast.Name) else None
        if found is None or not isinstance(found[1], ast.ClassDef):
            yield None
        else:
            yield from constructors_of(*found)


@lru_cache(maxsize=512)
def names(module: str) -> dict[str, ast.AST]:
    """Returns the statements of a module of gan_lab by the names that they define; none for other modules."""
    path = PACKAGE.parent.joinpath(*module.split("."))
    file = next((one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()), None)
    if not module.startswith("gan_lab.") or file is None:
        return {}
    found: dict[str, ast.AST] = {}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: node for alias in node.names}
    return found


def definition(module: str, name: str) -> Definition | None:
    """Returns where a name of a module is defined, through imports. None outside of gan_lab."""
    node = names(module).get(name)
    if not isinstance(node, ast.ImportFrom):
        return None if node is None else (module, node)
    original = next(alias.name for alias in node.names if name in (alias.asname, alias.name))
    return definition(node.module or "", original)


def annotation(module: str, node: ast.expr | None) -> Any:
    """Returns the type that an annotation means, Any where it cannot be known."""
    if node is None:
        return Any
    try:
        return eval(compile(ast.Expression(node), module, "eval"), {"__builtins__": {}}, Meanings(module))
    except (NameError, TypeError, AttributeError, SyntaxError):
        return Any


class Meanings(Mapping[str, Any]):
    """What the names in the annotations of a module mean."""

    def __init__(self, module: str) -> None:
        self.module = module

    def __getitem__(self, name: str) -> Any:
        node = names(self.module).get(name)
        if node is None:
            return KINDS[name]
        if isinstance(node, ast.ImportFrom) and node.module in LIGHT:
            return getattr(import_module(node.module), name)
        found = definition(self.module, name)
        if found is not None and isinstance(found[1], ast.expr):
            return annotation(found[0], found[1])
        return type(name, (), {})

    def __iter__(self) -> Iterator[str]:
        return iter(names(self.module))

    def __len__(self) -> int:
        return len(names(self.module))

"""The house: how many rooms there are, what they are called, and which way they lead."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import gan_lab

PACKAGE = Path(gan_lab.__file__).parent
MODULES = {
    ".".join(("gan_lab", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}
TREES = {name: ast.parse(path.read_text()) for name, path in MODULES.items()}

SHARED = {"__init__", "__main__", "base", "run"}
"""Names that say what a module is in its room, whichever room that is."""
ROLES = {"feature_matching"}
"""A method that is a loss in one room and a penalty in another."""
FILES = {
    "runs.run_folder": {"config.yaml", "summary.json", "metrics.csv", "evaluation.json"},
    "runs.jobs": {"sweep.json", "study.journal"},
}
"""Who spells the names of files."""


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules of gan_lab that a piece of code imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gan_lab"):
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield inner if inner in MODULES else str(node.module)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("gan_lab"))


def room(module: str) -> str:
    """The folder below gan_lab that a module lies in; a module at the root is a room of its own."""
    return ".".join(module.split(".")[:2])


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The first circle of a graph, if there is one."""
    try:
        [*TopologicalSorter(graph).static_order()]
    except CycleError as error:
        return list(error.args[1])
    return []


def test_the_root_has_ten_modules_at_most() -> None:
    assert len([*PACKAGE.glob("*.py")]) <= 10


def test_no_two_modules_share_a_name_by_chance() -> None:
    names = Counter(path.stem for path in MODULES.values())
    assert {name for name, count in names.items() if count > 1} <= SHARED | ROLES


def test_no_room_leads_back_to_itself() -> None:
    rooms: dict[str, set[str]] = defaultdict(set)
    for module, tree in TREES.items():
        rooms[room(module)] |= {room(other) for other in imports(tree)} - {room(module)}
    assert circle(rooms) == []


def test_no_module_leads_back_to_itself() -> None:
    assert circle({module: {*imports(tree)} - {module} for module, tree in TREES.items()}) == []


def test_nothing_of_ours_is_imported_for_types_alone() -> None:
    """A guard is for libraries that are slow to import: where no circle is, ours are imported as they are."""
    guards = {
        module: [*imports(node)]
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    }
    assert {module: found for module, found in guards.items() if found} == {}


def test_a_file_of_a_run_is_named_in_one_place() -> None:
    for owner, names in FILES.items():
        for module, tree in TREES.items():
            spelt = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value in names}
            allowed = {"config.yaml"} if module == "gan_lab.trust.targets" else set()  # Hydra's root of the same name
            assert module == f"gan_lab.{owner}" or spelt <= allowed, (module, spelt)


def test_one_module_replaces_files() -> None:
    calls = {
        module
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.replace", "os.rename", "tempfile.mkstemp")
    }
    assert calls == {"gan_lab.runs.atomic"}

"""Which classes the tests never used, found from a coverage report."""

from pathlib import Path

from tests.exercised import unused_classes

SOURCE = '''
class Interface:
    """Nothing to run."""

class Used:
    def method(self):
        return Point(
            1)

class Unused:
    def method(self):
        raise LostError("never")

class Point: ...
class LostError(Exception): ...
class _Private:
    def method(self):
        pass
'''


def test_unused_classes_are_those_without_a_run_line_or_a_run_call(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(SOURCE)
    methods = {"Interface": [], "Used": [7], "Unused": [12], "Point": [], "LostError": [], "_Private": [18]}
    run = {2, 5, 6, 7, 10, 11, 14, 15, 16, 17}
    report = {
        "executed_lines": sorted(run),
        "missing_lines": [12, 18],
        "classes": {
            name: {"executed_lines": sorted(run & {*lines}), "summary": {"num_statements": len(lines)}}
            for name, lines in methods.items()
        },
    }
    assert unused_classes({"module.py": report}, tmp_path) == ["module.py: Unused", "module.py: LostError"]

"""gan_lab starts on systems that lack what Linux has, as far as this can be seen here."""

import ast
import io
import ntpath
import os
import signal
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

import gan_lab
from gan_lab.cli.arguments import Command, parsed, understood
from gan_lab.cli.command import run_command
from gan_lab.config.choices import own_file
from gan_lab.runs.resume import moved
from gan_lab.terminal.commands import assigned, bare, from_here, quoted
from tests.commands import REPOSITORY, environment, metrics
from tests.other_system import NO_MODULES, NO_NAMES, SIGNALS

PACKAGE = Path(gan_lab.__file__).parent
EVERY_MODULE = """
from tests.other_system import become
become()
import importlib, pkgutil, gan_lab
for module in pkgutil.walk_packages(gan_lab.__path__, "gan_lab."):
    if "hydra_plugins" not in module.name:
        importlib.import_module(module.name)
print("imported")
"""
COMMAND = """
import sys
from tests.other_system import become
become()
from gan_lab.__main__ import main
main()
"""
HOLD = """
import sys, time
from pathlib import Path
from tests.other_system import windows_files
windows_files()
from gan_lab.runs.lock import held, only_process
if sys.argv[1] == "ask":
    print(held(Path("run")))
else:
    with only_process(Path("run")):
        print("held", flush=True)
        time.sleep(float(sys.argv[1]))
"""
PATHS = (r"C:\runs\new\table", r"D:\my runs\it's, [a]=b", r"\\server\share\x", r"runs\x", "C:\\runs\\", r"C:\a=b\x")


def here(code: str, *arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_every_module_is_imported_without_what_windows_lacks(tmp_path: Path) -> None:
    done = here(EVERY_MODULE, cwd=tmp_path)
    assert done.stdout.endswith("imported\n"), done.stderr


@pytest.mark.slow
def test_a_run_is_trained_and_continued_without_it(tmp_path: Path) -> None:
    run = ("model=gan", "data=ring", "network=mlp_2d", "callbacks.evaluation.n=60", "hydra.run.dir=run")
    for arguments in ((*run, "generator_steps=2"), ("resume=run", "generator_steps=3")):
        done = here(COMMAND, *arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert metrics(tmp_path / "run")[-1]["generator_steps"] == "3"
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".lock")] == []


@pytest.mark.nightly
def test_files_and_locks_work_without_it(tmp_path: Path) -> None:
    """The tests of these, but those whose other process is on this system."""
    tests = [str(REPOSITORY / "tests" / "runs" / name) for name in ("test_atomic.py", "test_state.py")]
    those = "not killed and not nobody_holds and not is_dead and not without_locks and not there_are_no_locks"
    options = ("-q", "-n", "0", "-p", "no:cacheprovider", "-p", "tests.other_system", "-k", those)
    command = [sys.executable, "-m", "pytest", *options, *tests]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_one_process_at_a_time_is_in_a_folder_that_cannot_be_opened(tmp_path: Path) -> None:
    """The lock is that of a file beside it, which goes with its holder, and holds nobody up when that was killed."""
    (tmp_path / "run").mkdir()
    assert here(HOLD, "ask", cwd=tmp_path).stdout == "False\n"
    with holding(tmp_path) as first, holding(tmp_path) as second:
        assert first.stdout is not None
        assert second.stdout is not None
        lines = {first: first.stdout.readline(), second: second.stdout.readline()}
        sentence = "another process is training in run: waiting until it has ended\n"
        assert sorted(lines.values()) == [sentence, "held\n"]
        assert here(HOLD, "ask", cwd=tmp_path).stdout == "True\n"
        holder, other = sorted((first, second), key=lambda process: lines[process] != "held\n")
        holder.kill()
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        other.kill()
    assert here(HOLD, "ask", cwd=tmp_path).stdout == "False\n"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def holding(cwd: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", HOLD, "600"]
    return subprocess.Popen(command, cwd=cwd, env=environment(), stdout=subprocess.PIPE, text=True)


def test_nothing_is_named_that_windows_lacks() -> None:
    """But where its absence is seen to."""
    seen_to = {"interrupts.py": {"setitimer"}, "system_lock.py": {"O_NOFOLLOW", "O_NONBLOCK"}}
    signals = {number.name for number in signal.Signals if number.name not in SIGNALS}
    lacking = {"os": {*NO_NAMES["os"]}, "signal": {*NO_NAMES["signal"], *signals}}
    named = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found = {node.attr} & lacking.get(node.value.id, set()) - seen_to.get(path.name, set())
                named += [f"{path}:{node.lineno} {name}" for name in found]
            elif isinstance(node, ast.Import | ast.ImportFrom):
                modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
                named += [f"{path}:{node.lineno} {name}" for name in modules if name in NO_MODULES]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/proc/"):
                named.append(f"{path}:{node.lineno} {node.value}")
    assert named == []


def test_every_text_file_says_that_it_is_utf_8() -> None:
    """Windows would read another encoding."""
    unsaid = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = {keyword.arg for keyword in node.keywords if name != "alert"}  # W&B's has a text of its own
            if (name == "read_text" or given & {"text", "newline"}) and "encoding" not in given:
                unsaid.append(f"{path}:{node.lineno}")
    assert unsaid == []


def test_a_pipe_with_few_characters_takes_every_text(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding, printed in (("cp1252", "1.5 ± 0.2 ?"), ("utf-8", "1.5 ± 0.2 Σ")):
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
        monkeypatch.setattr(sys, "argv", ["gan_lab"])
        run_command(lambda: print("1.5 ± 0.2 Σ", end=""))
        sys.stdout.flush()
        assert raw.getvalue().decode(encoding) == printed


@pytest.mark.parametrize("path", PATHS)
def test_hydra_reads_a_path_of_windows_as_it_is(path: str) -> None:
    for text in (f"key={quoted(path)}", assigned("key", path)):
        assert OverridesParser.create().parse_override(text).value() == path


@pytest.mark.parametrize("path", [path for path in PATHS if "=" not in path])
def test_a_path_of_windows_alone_is_a_checkpoint(path: str) -> None:
    (given,) = understood([path], Command("gan_lab.evaluate", "evaluate", path="checkpoint"))
    assert (parsed(given).get_key_element(), parsed(given).value()) == ("checkpoint", path)


def test_a_whole_path_stays_whole() -> None:
    assert bare(PureWindowsPath(r"C:\a=b\x")) == r"C:\a=b\x"
    assert bare(PureWindowsPath(r"a=b\x")) == r"./a=b\x"


def test_paths_are_shown_with_slashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the working directory, on another drive whole."""
    monkeypatch.setattr(os, "sep", "\\")
    monkeypatch.setattr(os.path, "relpath", lambda path: ntpath.relpath(str(path), r"C:\work"))
    assert from_here(r"C:\work\outputs\gan") == "outputs/gan"
    assert from_here(r"D:\runs\gan") == "D:/runs/gan"
    assert assigned("resume", from_here(r"C:\runs\gan")) == "resume=../runs/gan"


def test_a_folder_of_images_is_known_by_its_backslashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sep", "\\")
    assert own_file("data", r"C:\images") == r"data=folder data.root=C:\images"


def test_a_run_moves_between_systems() -> None:
    """conf/ writes slashes behind the folder of the run."""
    saved = {"run_dir": r"C:\runs\x", "file": r"C:\runs\x/metrics.csv", "other": r"C:\runs\xy/metrics.csv"}
    assert moved(saved, r"C:\runs\x", "/runs/x") == {
        "run_dir": "/runs/x",
        "file": "/runs/x/metrics.csv",
        "other": r"C:\runs\xy/metrics.csv",
    }

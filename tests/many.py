"""Many command lines in one process, which imports torch once: python -m tests.many '[["model=typo"], ...]'.

A command line that starts with a bare word, as `evaluate`, is one of `python -m gan_lab.evaluate`. Prints one JSON line
for each: the exit status, and what was said.
"""

import contextlib
import importlib
import io
import json
import os
import sys
from pathlib import Path


def run(arguments: list[str], folder: Path) -> dict[str, object]:
    """One command in a folder of its own."""
    folder.mkdir()
    os.chdir(folder)
    package = "gan_lab"
    if arguments and arguments[0].isidentifier():
        package, arguments = f"gan_lab.{arguments[0]}", arguments[1:]
    main = importlib.import_module(f"{package}.__main__").main
    sys.argv = ["gan_lab", *arguments]
    said = io.StringIO()
    status = 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
            said.write("" if isinstance(end.code, int | None) else end.code)
    return {"status": status, "said": said.getvalue(), "folder": str(folder)}


if __name__ == "__main__":
    start = Path.cwd()
    for number, arguments in enumerate(json.loads(sys.argv[1])):
        print(json.dumps(run(arguments, start / str(number))), flush=True)

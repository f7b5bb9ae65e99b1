"""Many command lines in one process, one after the other."""

import contextlib
import importlib
import io
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path


def run(words: Sequence[str]) -> dict[str, object]:
    """The exit status and what was said.

    As in a shell, NAME=value in front is a variable of the environment. A bare word after it, as `evaluate`, is for
    `python -m gan_lab.evaluate`.
    """
    words = [*words]
    variables = {}
    while words and re.match(r"[A-Z_]+=", words[0]):
        name, _, value = words.pop(0).partition("=")
        variables[name] = value
    package = "gan_lab"
    if words and words[0].isidentifier():
        package = f"gan_lab.{words.pop(0)}"
    main = importlib.import_module(f"{package}.__main__").main
    sys.argv = ["gan_lab", *words]
    before = dict(os.environ)
    os.environ.update(variables)
    said = io.StringIO()
    status = 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
            said.write("" if isinstance(end.code, int | None) else end.code)
        finally:
            os.environ.clear()
            os.environ.update(before)
    return {"status": 0 if status is None else status, "said": said.getvalue()}


def run_all(commands: Sequence[Sequence[str]], results: str, apart: bool) -> None:
    """Each in a folder of its own or all in this one; writes a line of JSON to the file `results` for each."""
    start = Path.cwd()
    with open(results, "w") as file:
        for number, words in enumerate(commands):
            folder = start / str(number) if apart else start
            folder.mkdir(exist_ok=True)
            os.chdir(folder)
            print(json.dumps(run(words) | {"folder": str(folder)}), file=file, flush=True)


def run_one(arguments: Sequence[str]) -> None:
    """python -m gan_lab ARGUMENTS, where gan_lab is imported."""
    sys.argv = ["gan_lab", *arguments]
    importlib.import_module("gan_lab.__main__").main()

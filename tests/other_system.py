"""What Windows does otherwise, done here, as far as that goes: `become` is for a process of its own.

gan_lab finds no module and no signal there that Windows lacks, no folder can be opened, no open file renamed or
removed, and no folder replaced. Libraries, which know Windows themselves, are imported before and left as they are.
`python -m pytest -p tests.other_system` runs tests so.
"""

import builtins
import enum
import os
import shutil
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

NO_MODULES = frozenset({"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "posix"})
SIGNALS = ("SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM")
"""All that Windows has of those here."""
NO_NAMES = {
    "os": (
        *("O_NOFOLLOW", "O_NONBLOCK", "O_DIRECTORY", "fork", "forkpty", "wait", "nice", "killpg", "getpgid", "setsid"),
        *("getuid", "geteuid", "getgid", "sched_getaffinity", "mkfifo", "statvfs", "sysconf", "uname", "getloadavg"),
    ),
    "signal": ("setitimer", "alarm", "pause", "pthread_kill", "pthread_sigmask", "sigwait", "siginterrupt"),
}
"""What the modules lack. Python's own library asks for some of it here, so that of os no more goes than the flags."""


def become() -> None:
    """Lets this process find what it would find on Windows."""
    import_libraries()
    system_import = builtins.__import__

    def import_of(name: str, *rest: Any, **options: Any) -> Any:
        importing = (options.get("globals") or (rest[0] if rest else None) or {}).get("__name__", "")
        if importing.startswith("gan_lab") and name.partition(".")[0] in NO_MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return system_import(name, *rest, **options)

    builtins.__import__ = import_of
    lacking = [number.name for number in signal.Signals if number.name not in SIGNALS]
    there = enum.IntEnum("Signals", {name: int(getattr(signal, name)) for name in SIGNALS})  # type: ignore[misc]
    vars(signal).update(Signals=there, valid_signals=lambda: {*there})
    for name in (*lacking, *NO_NAMES["signal"]):
        delattr(signal, name)
    for name in ("O_NOFOLLOW", "O_NONBLOCK"):
        delattr(os, name)
    windows_files()
    from lightning.pytorch.trainer.connectors import signal_connector

    vars(signal_connector)["_IS_WINDOWS"] = True  # Lightning asks for the system once, when it is imported


def windows_files() -> None:
    """Lets files and folders be as they are there."""
    from gan_lab.runs import system_lock

    vars(shutil)["_use_fd_functions"] = False
    vars(os).update(open=opening(os.open), unlink=taking(os.unlink), remove=taking(os.remove), rmdir=taking(os.rmdir))
    vars(os).update(rename=moving(os.rename), replace=moving(os.replace))
    system_lock.POSIX, system_lock.NO_LINK, system_lock.AT_ONCE = False, 0, 0


def import_libraries() -> None:
    """Imports what gan_lab is built on."""
    import asyncio  # noqa: F401
    import multiprocessing.popen_spawn_posix  # noqa: F401

    import filelock  # noqa: F401
    import hydra.main  # noqa: F401
    import lightning  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import optuna  # noqa: F401
    import torch  # noqa: F401
    import wandb  # noqa: F401


def is_open(path: Any) -> bool:
    """Whether this process has the file open."""
    try:
        wanted = os.stat(path, follow_symlinks=False)
    except OSError:
        return False
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            if os.path.samestat(os.fstat(int(descriptor)), wanted):
                return True
        except OSError:
            continue
    return False


def opening(system_open: Callable[..., int]) -> Callable[..., int]:
    def open_(path: Any, flags: int, mode: int = 0o777, **rest: Any) -> int:
        descriptor = system_open(path, flags, mode, **rest)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise PermissionError(13, "Windows opens no folders", path)
        return descriptor

    return open_


def taking(system_call: Callable[..., None]) -> Callable[..., None]:
    def take(path: Any, **rest: Any) -> None:
        if is_open(path):
            raise PermissionError(32, "Windows removes nothing that is open", path)
        system_call(path, **rest)

    return take


def moving(system_call: Callable[..., None]) -> Callable[..., None]:
    def move(source: Any, target: Any, **rest: Any) -> None:
        open_inside = Path(source).is_dir() and any(is_open(path) for path in Path(source).rglob("*"))
        if is_open(source) or is_open(target) or open_inside or Path(target).is_dir():
            raise PermissionError(5, "Windows renames nothing that is open, and to no folder", source)
        system_call(source, target, **rest)

    return move


def pytest_configure() -> None:
    become()

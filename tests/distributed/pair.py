"""Two processes that share runs, as a launcher of another sort than Lightning's starts them."""

import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.commands import many


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("", 0))
        return int(free.getsockname()[1])


def pair(commands: Sequence[Sequence[str]], cwd: Path) -> list[list[dict[str, Any]]]:
    """All commands one after the other, each by the same two processes: what `many` says of the first and the second.

    Each must name its hydra.run.dir.
    """
    ports = [free_port() for _ in commands]

    def rank(number: int) -> list[dict[str, Any]]:
        own = [
            (f"MASTER_PORT={port}", *words, "trainer.devices=2") for port, words in zip(ports, commands, strict=True)
        ]
        return many(own, cwd, apart=False, LOCAL_RANK=str(number))

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(rank, (0, 1)))

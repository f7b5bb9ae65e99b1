"""How long each metric takes."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch

from gan_lab.runs.cache import Key, TensorCache


class Timings:
    """The seconds of each metric on this machine, kept for later runs that measure the same way."""

    def __init__(self, cache: TensorCache, key: Key) -> None:
        self.cache = cache
        self.key = key
        self.seconds: dict[str, float] = {}
        self.kept = {name: value.item() for name, value in (cache.find(key) or {}).items()}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Times the block as the work of a metric."""
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start

    def keep(self) -> None:
        """Keeps what was timed, where nothing is kept yet."""
        times = {name: torch.tensor(value, dtype=torch.float64) for name, value in self.seconds.items()}
        self.cache.get(self.key, lambda: times)

    def expected(self, names: Sequence[str]) -> float | None:
        """Returns the seconds of these metrics together, None where one of them is not known."""
        known = self.kept | self.seconds
        return sum(known[name] for name in names) if all(name in known for name in names) else None

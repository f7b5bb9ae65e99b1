"""Progress bars for long computations."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from tqdm import tqdm

from gan_lab.distributed.environment import quiet
from gan_lab.distributed.ranks import rank

Item = TypeVar("Item")

DELAY = 2.0
"""The seconds after which a bar is worth its line."""

_heading: ContextVar["tqdm | None"] = ContextVar("heading", default=None)


def bar(items: Iterable[Item], what: str) -> Iterator[Item]:
    """Yields the items and shows a progress bar, on the first rank only, once they have taken two seconds."""
    for item in tqdm(items, what, delay=DELAY, leave=False, dynamic_ncols=True, disable=quiet() or rank() > 0):
        yield item
        if (above := _heading.get()) is not None:
            above.update()


@contextmanager
def heading(what: str, leave: bool = True) -> Iterator[None]:
    """Names and times what is done in the block, in a line above its bars, once it has taken two seconds.

    With `leave` the line stays, with the time that the block took.
    """
    with tqdm(
        desc=what,
        bar_format="{desc}: {elapsed}",
        delay=DELAY,
        miniters=1,
        leave=leave,
        dynamic_ncols=True,
        disable=quiet() or rank() > 0,
    ) as line:
        token = _heading.set(line)
        try:
            yield
        finally:
            _heading.reset(token)
            line.update()

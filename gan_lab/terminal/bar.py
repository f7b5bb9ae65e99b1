"""A progress bar for long computations."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

from gan_lab.distributed.environment import quiet
from gan_lab.distributed.ranks import rank

Item = TypeVar("Item")


def bar(items: Iterable[Item], what: str) -> Iterator[Item]:
    """Yields the items and shows a progress bar, on the first rank only, once they have taken two seconds."""
    return iter(tqdm(items, what, delay=2.0, leave=False, disable=quiet() or rank() > 0))

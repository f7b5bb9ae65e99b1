"""A progress bar for whatever takes long."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

from gan_lab.distributed.environment import quiet
from gan_lab.distributed.ranks import rank

Item = TypeVar("Item")


def bar(items: Iterable[Item], what: str) -> Iterator[Item]:
    """The items, under a progress bar once they have taken two seconds; on the first rank only."""
    return iter(tqdm(items, what, delay=2.0, leave=False, disable=quiet() or rank() > 0))

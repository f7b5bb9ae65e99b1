"""Where Hydra looks for plugins: it takes sweepers from the package `hydra_plugins` only. Imports no Optuna."""

from gan_lab.sweep.grid import GridSweep
from gan_lab.sweep.search import SearchSweep


class Grid(GridSweep):
    """`hydra/sweeper=grid`."""


class Search(SearchSweep):
    """`hydra/sweeper=search`."""

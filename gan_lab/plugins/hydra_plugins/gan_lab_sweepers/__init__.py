"""Where Hydra looks for plugins: it takes sweepers from the package `hydra_plugins` only. Imports no Optuna."""

from gan_lab.sweep.grid_sweep import GridSweep
from gan_lab.sweep.search_sweep import SearchSweep


class Grid(GridSweep):
    """`hydra/sweeper=grid`."""


class Search(SearchSweep):
    """`hydra/sweeper=search`."""

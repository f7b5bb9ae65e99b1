"""The sweepers, in the package `hydra_plugins`, where Hydra looks for plugins. Imports no Optuna."""

from gan_lab.study.study_sweep import StudySweep
from gan_lab.sweep.grid_sweep import GridSweep
from gan_lab.sweep.search_sweep import SearchSweep


class Grid(GridSweep):
    """`hydra/sweeper=grid`."""


class Study(StudySweep):
    """`hydra/sweeper=study`."""


class Search(SearchSweep):
    """`hydra/sweeper=search`."""

"""Every combination of the values that the command line lists."""

from collections.abc import Mapping, Sequence

from gan_lab.config.combinations import combinations
from gan_lab.errors import GanLabError
from gan_lab.sweep.base import Sweep


class GridSweep(Sweep):
    """Runs one job for each element of the product of all lists, like Hydra's own sweeper.

    An experiment that consists of several sets `experiments`. These replace it on the command line one after the other,
    and each may have overrides, such as `methods model=gan`.
    """

    kind = "grid"

    def __init__(
        self, *, params: Mapping[str, str], max_batch_size: int | None, experiments: Sequence[str] | None
    ) -> None:
        super().__init__(params=params, max_batch_size=max_batch_size)
        self.experiments = experiments

    def run(self, arguments: list[str]) -> None:
        jobs = [overrides for line in self.lines(arguments) for overrides in combinations(self.parsed(line))]
        if not jobs:
            raise GanLabError("this sweep has no run: a list or a range of values is empty")
        numbers = sorted({self.enter(overrides) for overrides in jobs})
        progress = self.progress(len(numbers))
        progress.folders = self.jobs.folders(numbers)
        progress.start()
        try:
            self.launch(numbers, progress)
        finally:
            progress.end()
        self.conclude(numbers)

    def lines(self, arguments: Sequence[str]) -> list[list[str]]:
        """Returns the command lines with each of `experiments`, or this one if there are none."""
        if not self.experiments:
            return [[*arguments]]
        others = [argument for argument in arguments if not argument.startswith("experiment=")]
        return [[*others, *f"experiment={words}".split()] for words in self.experiments]

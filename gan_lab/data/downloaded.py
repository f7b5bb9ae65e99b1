"""The base class of data sets whose files are published and downloaded where they are missing."""

import socket
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from gan_lab.data.base import DataModule, Samples, shuffled
from gan_lab.domains import FolderPath
from gan_lab.trust.home import expanded
from gan_lab.trust.places import missing_files, raw_folder
from gan_lab.types import GanLabError

SECONDS_PER_ANSWER = 10.0
"""The time after which a silent download server is given up, so that a firewall cannot make the run hang."""


class Downloaded(DataModule, ABC):
    """A data set of published files, which lie below `root` where torchvision puts them.

    `source` is the name of its class in torchvision. `instead` is the choice of other data that need no file.
    """

    instead: ClassVar[str]

    def __init__(
        self,
        *,
        source: str,
        root: FolderPath,
        **base: Any,
    ) -> None:
        super().__init__(**base)
        self.source = source
        self.root = expanded(root).absolute()

    @abstractmethod
    def download(self) -> None:
        """Fetches the files that are missing. Raises what the network, the disk or torchvision raises."""

    @property
    def title(self) -> str:
        return self.source

    @property
    def raw(self) -> Path:
        """The folder of the files as they were published."""
        return raw_folder(self.root, self.source)

    def prepare_data(self) -> None:
        """Downloads the files that are missing. Raises GanLabError if that fails."""
        if not self.missing():
            return
        try:
            with answers_within(SECONDS_PER_ANSWER):
                self.download()
        except Exception as error:  # of the network, the disk or torchvision
            # With all files there it was reading one that failed: load() will say which.
            if self.missing():
                raise self.not_found(f"could not be downloaded ({last_line(error)})") from error

    def missing(self) -> list[str]:
        """Returns the names of the files that are missing."""
        return missing_files(self.root, self.source)

    def not_found(self, and_why: str) -> GanLabError:
        """Returns the error that names the files that are missing, and where they were looked for."""
        return GanLabError(
            f"The files {', '.join(self.missing())} of {self.source} are not in {self.raw} and {and_why}: "
            f"set data.root or GAN_LAB_DATA to a folder that has them, or use {self.instead}, which needs none"
        )

    def divided(
        self, official: Samples, test: Samples, validation_size: int, train_size: int | None
    ) -> tuple[Samples, Samples, Samples]:
        """Returns train, validation and test: `validation_size` of the official training images are set aside at
        random, and the first `train_size` of the others are trained on, all of them for None. The test images are
        shuffled.

        Raises GanLabError where no training image is left, or fewer than `train_size`.
        """
        border = len(official) - validation_size
        if border < 1:
            raise GanLabError(
                f"data.validation_size={validation_size} must be at least 1 and less than the {len(official)} training "
                "images"
            )
        if train_size is not None and train_size > border:
            raise GanLabError(f"data.train_size={train_size} is more than the {border} images that are left")
        mixed = shuffled(official, self.split_seed, "train")
        return (
            mixed.subset(slice(train_size or border)),
            mixed.subset(slice(border, None)),
            shuffled(test, self.split_seed, "test"),
        )


@contextmanager
def answers_within(seconds: float) -> Iterator[None]:
    """Makes silent servers raise an OSError after this time, since torchvision's downloads have no timeout."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def last_line(error: Exception) -> str:
    """Returns the last line of the message, which has the reason; torchvision lists every mirror before it."""
    lines = [line.strip(" <>") for line in str(error).splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else type(error).__name__

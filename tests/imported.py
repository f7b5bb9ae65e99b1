"""What most commands import, for the process that tests fork theirs from (tests/forked.py)."""

import gan_lab.__main__
import gan_lab.compare.run
import gan_lab.evaluate.__main__
import gan_lab.sample.__main__
import gan_lab.training.run  # noqa: F401

"""gan_lab: an experiment framework for generative adversarial networks on small images."""

from gan_lab.distributed.interrupts import leave_when_asked, starting
from gan_lab.distributed.parent import follow_first_process

__version__ = "0.2.0"

if starting():  # before anything that is slow to import
    leave_when_asked()
    follow_first_process()

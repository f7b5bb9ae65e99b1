"""What every record says of its machine."""

import platform
from importlib.metadata import version

import torch

from gan_lab.runs.provenance import provenance


def test_a_record_names_the_machine_and_what_ran_on_it() -> None:
    found = provenance(torch.device("cpu"))
    machine, versions = found["machine"], found["versions"]
    assert (machine["device"], machine["processes"]) == ("cpu", 1)
    assert (machine["threads"], machine["python"]) == (torch.get_num_threads(), platform.python_version())
    assert machine["cores"] >= 1
    assert versions["torch"] == version("torch")
    assert {"gan_lab", "lightning", "torchmetrics"} <= versions.keys()
    more = provenance(torch.device("meta"), 4, ["scipy"])
    assert (more["machine"]["processes"], more["machine"]["device"]) == (4, "meta")
    assert more["versions"] == versions | {"scipy": version("scipy")}

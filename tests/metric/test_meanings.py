"""The document says what each measure means, and which side is the better one."""

import re
from importlib import import_module
from inspect import isabstract
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from torchmetrics import Metric

import gan_lab.metric
from gan_lab.build import build
from gan_lab.metric.direction import arrow
from gan_lab.metric.frechet_by import FrechetBy
from gan_lab.trust.foreign import read_yaml
from gan_lab.trust.targets import CONF_DIR


def keys_of(metric: Any) -> tuple[str, ...]:
    if isinstance(getattr(metric, "keys", ()), property):
        metric = metric()
    return getattr(metric, "keys", ())


def declared() -> set[str]:
    """The names of the measures that all metrics declare, with their usual settings."""
    found: set[str] = set()
    for module in iter_modules(gan_lab.metric.__path__, "gan_lab.metric."):
        for value in vars(import_module(module.name)).values():
            is_metric = isinstance(value, type) and issubclass(value, Metric) and not isabstract(value)
            if is_metric and value is not FrechetBy:
                found |= {*keys_of(value)}
    for path in Path(CONF_DIR, "measure").glob("fid_*.yaml"):
        found |= {*build(read_yaml(path), "measure").keys}
    return found


def test_every_measure_has_a_meaning_and_its_better_side() -> None:
    text = (Path(gan_lab.metric.__path__[0]) / "README.md").read_text()
    section = text.partition("## What each measure means")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.{10,}) \| (.+) \|$", section, re.MULTILINE)
    assert {name for name, _, _ in rows} == declared()
    assert {name: side for name, _, side in rows} == {name: arrow(name) or "as real images" for name, _, _ in rows}

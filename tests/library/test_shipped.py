"""The models that come with gan_lab: small enough, what the table measured, and right about their classes."""

import json
from pathlib import Path

import pytest
import torch

import gan_lab
from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.images import to_uint8
from gan_lab.library.ship_model import MOST
from gan_lab.reference.published import TABLE
from gan_lab.runs.saved_folder import CARD, WEIGHTS, shipped, shipped_place
from gan_lab.trust.foreign import read_json

TOGETHER = 12_000_000
"""Bytes of all of them: they are in the wheel."""


def test_they_are_small_enough() -> None:
    sizes = [(shipped_place(name) / WEIGHTS).stat().st_size for name in shipped()]
    assert sizes
    assert max(sizes) <= MOST
    assert sum(sizes) <= TOGETHER


@pytest.mark.parametrize("name", [*shipped()])
def test_they_are_what_the_table_measured(name: str) -> None:
    """The record of one seed has the model's validation FID at the same step, whichever machine made it again."""
    model = gan_lab.load(name, device="cpu")
    found = [read_json(path) for path in TABLE.glob(f"{name}-seed*.json")]
    same = [record for record in found if record["seed"] == model.config["seed"]]
    assert [record["measures"]["best"]["fid"] for record in same] == pytest.approx([model.numbers["measures"]["fid"]])
    assert same[0]["best_step"] == model.counters["generator_steps"]
    card = json.loads((shipped_place(name) / CARD).read_text())
    assert str(Path.home()) not in json.dumps(card), "no path of whoever trained it"


def test_the_mixture_draws_the_class_that_it_is_asked_for() -> None:
    """As the classifier of the metric reads them; a wrong mapping of components would be right one time in ten."""
    model = gan_lab.load("gmgan_dynamic", device="cpu")
    extractor = build(compose_config("data=mnist")["metric"]["extractor"], "metric.extractor")
    for label in range(10):
        images = model.sample(50, seed=label, label=label).x
        with torch.no_grad():
            read = extractor.extract(to_uint8(images))[1].argmax(1)
        assert (read == label).float().mean() > 0.9, label

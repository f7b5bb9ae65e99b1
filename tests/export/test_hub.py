"""Up to the Hub and down again: the same bits, once over the network and then without it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gan_lab.runs.saved_folder import CARD, WEIGHTS
from tests.commands import many
from tests.export.small_hub import small_hub
from tests.library.made_models import SMALL, made

pytest.importorskip("huggingface_hub")
pytestmark = pytest.mark.slow

WORDS = ("model=gan", "data=digits", *SMALL)
DRAW = ("n=3", "format=npz", "device=cpu")
EXPORT = ("export", "checkpoint=run", "upload=me/digits")


def said(answers: list[dict[str, Any]]) -> list[str]:
    return [" ".join(str(answer["said"]).split()) for answer in answers]


def test_a_model_goes_to_the_hub_and_comes_back(tmp_path: Path) -> None:
    made(tmp_path / "run", *WORDS)
    with small_hub() as hub:
        home: dict[str, Any] = {
            "HF_HOME": str(tmp_path / "hub"),
            "HF_ENDPOINT": hub.address,
            "HF_TOKEN": "x",
            "HF_HUB_DISABLE_XET": "1",
        }
        first = many(
            [
                [*EXPORT, "out=one", "license=mit"],
                [*EXPORT, "out=two"],
                [*EXPORT, "out=two", "overwrite=true"],
                ["sample", "run", "out=wanted", *DRAW],
                ["sample", "hub:me/digits", "out=found", *DRAW],
                [
                    "sample",
                    "checkpoint=hub:me/digits",
                    "out=better",
                    "sampler=sir",
                    "sampler.calibration_samples=50",
                    *DRAW,
                ],
                ["sample", "hub:me/nothing", *DRAW],
            ],
            tmp_path,
            apart=False,
            **home,
        )
        assert [answer["status"] for answer in first] == [0, 1, 0, 0, 0, 0, 1], said(first)
        assert f"uploaded: {hub.address}/me/digits" in said(first)[0]
        assert "upload=me/digits has files on the Hub already" in said(first)[1]
        assert "is there such a repository, and may you read it?" in said(first)[6]
        card = hub.repositories["me/digits"]["README.md"].decode()
        assert "gan_lab.load('hub:me/digits')" in card
        assert not [path for path in hub.asked if "resolve" in path and not path.endswith((WEIGHTS, CARD))]

        def harmful(name: str, **files: bytes) -> None:
            hub.repositories[name] = {**hub.repositories["me/digits"], **{WEIGHTS: files["weights"]}}

        harmful("me/changed", weights=b"\xff" * 100)
        hub.repositories["me/empty"] = {"README.md": b"nothing"}
        other = many(
            [
                ["sample", "hub:me/changed", *DRAW],
                ["sample", "hub:me/empty", *DRAW],
                ["GAN_LAB_MAX_BYTES=100", "sample", "hub:me/changed@main", *DRAW],
            ],
            tmp_path,
            **home,
        )
        assert [answer["status"] for answer in other] == [1, 1, 1], said(other)
        assert "is damaged, or not of the config.json beside it" in said(other)[0]
        assert f"hub:me/empty holds no model of gan_lab: it lacks {WEIGHTS} and {CARD}" in said(other)[1]
        assert "but a file may take 100" in said(other)[2]
    again = many(
        [["sample", "hub:me/digits", "out=later", *DRAW], ["sample", "hub:me/other", *DRAW]],
        tmp_path,
        apart=False,
        **home,
    )
    assert [answer["status"] for answer in again] == [0, 1], said(again)
    assert "hub:me/other needs the network" in said(again)[1]
    wanted, *found = (np.load(tmp_path / name / "samples.npz")["images"] for name in ("wanted", "found", "later"))
    assert all(np.array_equal(images, wanted) for images in found)
    record = json.loads((tmp_path / "found" / "samples.json").read_text())
    assert record["checkpoint"]["checkpoint"] == "hub:me/digits"
    snapshots = [path.name for path in (tmp_path / "hub").rglob("snapshots/*/*")]
    assert {*snapshots} <= {WEIGHTS, CARD}, "nothing is prepared there"

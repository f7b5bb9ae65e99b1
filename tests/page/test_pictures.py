"""The README's pictures are those of the pages that its commands write."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.commands import many
from tests.page.looks import CHROMIUM, DRIVER
from tests.page.pictures import PAGES, RESULT, pictures

PARTS = (65, 38)
"""Into how many parts a picture is divided: the letters of other fonts, and other processors, change them little."""


def coarse(path: Path) -> np.ndarray[Any, Any]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB").resize(PARTS, Image.Resampling.BOX)).astype(float) / 255


@pytest.mark.nightly
@pytest.mark.mnist
@pytest.mark.browser
@pytest.mark.skipif(not (CHROMIUM.exists() and DRIVER.exists()), reason="needs chromium")
def test_the_readmes_pictures_are_what_the_commands_show(tmp_path: Path) -> None:
    for page in PAGES.values():
        (tmp_path / page).parent.mkdir(parents=True)
    commands = [["explore", "best_mnist", "gmgan_dynamic", f"out={PAGES['explore']}"], ["explore", "theory"]]
    done = many(commands, tmp_path, apart=False)
    assert [one["said"] for one in done if one["status"] != 0] == []
    pictures(tmp_path, tmp_path)
    for name in PAGES:
        seen, kept = coarse(tmp_path / f"{name}.png"), coarse(RESULT / f"{name}.png")
        assert np.abs(seen - kept).mean() < 0.05, name
        assert seen.std() > 0.05, "there is something to see"

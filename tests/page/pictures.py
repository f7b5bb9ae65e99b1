"""python -m tests.page.pictures [FOLDER]: the README's pictures of both pages to play with, as Chromium shows them.

It looks at outputs/pages/explore.html and outputs/theory/replay.html, which `make pages` builds before, and writes
explore.png and theory.png to outputs/reference/pages.
"""

import io
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from tests.commands import REPOSITORY
from tests.page.looks import closed_browser, drawn, resize, wait

PAGES = {"explore": Path("outputs/pages/explore.html"), "theory": Path("outputs/theory/replay.html")}
"""The pages below the folder in which they were built."""
RESULT = REPOSITORY / "outputs" / "reference" / "pages"
SIZES = {"explore": (1300, 757), "theory": (1300, 757)}
COLOURS = 256


def picture(browser: Any, page: Path, width: int, height: int) -> Image.Image:
    """The top of a page, once it has drawn everything, in few colours."""
    resize(browser, width, height)
    browser.get(page.resolve().as_uri())
    wait(lambda: drawn(browser))
    wait(lambda: browser.execute_script("return document.querySelectorAll('canvas').length"))
    browser.execute_async_script("setTimeout(arguments[0], 1500)")  # the grids are filled a few images at a time
    with Image.open(io.BytesIO(browser.get_screenshot_as_png())) as seen:
        return seen.convert("RGB").quantize(COLOURS)


def pictures(folder: Path, out: Path) -> None:
    """Writes the pictures of the pages below a folder."""
    out.mkdir(parents=True, exist_ok=True)
    with closed_browser() as browser:
        for name, page in PAGES.items():
            picture(browser, folder / page, *SIZES[name]).save(out / f"{name}.png", optimize=True)


if __name__ == "__main__":
    pictures(REPOSITORY, Path(sys.argv[1]) if len(sys.argv) > 1 else RESULT)

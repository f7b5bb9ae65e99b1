"""The explorer in a real browser, with two models that nobody trained: by keyboard, wide and narrow, light and dark."""

import re
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from tests.commands import as_program
from tests.explore.untrained import saved
from tests.page.looks import SCREENSHOTS, choose, dark, drawn, resize, save_whole, wait
from tests.report.test_in_browser import CONTRAST, NAMELESS, OUTSIDE

pytestmark = [pytest.mark.slow, pytest.mark.browser]

MIXTURE = ("model=gmgan_static", "model.generator.hidden=[24]", "model.critic.hidden=[16]", "model.prior.dim=6")
MAPS = ("model=gan", "network=dcgan", "model.generator.width=4", "model.critic.width=4", "model.prior.dim=8")
TILES = """
const canvas = document.querySelector('#grids canvas'), side = (canvas.width + 1) / 8, found = new Set();
const pixels = (x, y) => canvas.getContext('2d').getImageData(x * side, y * side, side - 1, side - 1);
for (let i = 0; i < 64; i++) found.add(pixels(i % 8, Math.floor(i / 8)).data.join());
return found.size;
"""
"""How many tiles of the first grid differ."""
NUMBER = r"([\d.]+)\.$"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explore")
    for name, words in (("mixture", MIXTURE), ("maps", MAPS)):
        saved(folder / name, *words, "data=digits")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("sys.argv", ["gan_lab.explore", "mixture", "maps", "samples=40", "out=both.html"])
        as_program("explore")
    return folder / "both.html"


@pytest.fixture
def opened(browser: Any, page: Path) -> Any:
    """The page, of which everything has been drawn."""
    dark(browser, False)
    resize(browser, 1280, 900)
    browser.get(page.as_uri())
    wait(lambda: drawn(browser) and done(browser))
    return browser


def done(browser: Any) -> bool:
    return bool(browser.execute_script("return performance.getEntriesByName('grid-1').length"))


def picture(browser: Any, selector: str) -> str:
    """What a canvas shows."""
    return browser.execute_script(f"return document.querySelector('{selector}').toDataURL()")


def text(browser: Any, name: str) -> str:
    return browser.execute_script(f"return document.getElementById('{name}').textContent")


def set_range(browser: Any, name: str, value: float) -> None:
    script = (
        "const i = document.getElementById(arguments[0]); i.value = arguments[1]; i.dispatchEvent(new Event('input'))"
    )
    browser.execute_script(script, name, value)


def regrown(browser: Any, change: Any) -> str:
    """The grid of the first model, when it has been generated anew."""
    browser.execute_script("performance.clearMarks('grid-0')")
    change()
    wait(lambda: browser.execute_script("return performance.getEntriesByName('grid-0').length"))
    return picture(browser, "#grids canvas")


def test_it_is_read_on_any_screen(browser: Any, page: Path) -> None:
    script = browser.execute_script
    for width, height in ((1300, 900), (360, 740)):
        for scheme in ("light", "dark"):
            dark(browser, scheme == "dark")
            resize(browser, width, height)
            browser.get(page.as_uri())
            wait(lambda: drawn(browser) and done(browser))
            browser.find_element("id", "plane").send_keys(Keys.RIGHT)
            assert script(OUTSIDE) == []
            assert script("return document.documentElement.scrollWidth") <= width
            assert script(NAMELESS) == []
            assert script(CONTRAST) == [], scheme
            save_whole(browser, width, SCREENSHOTS / "explore" / f"{width}_{scheme}.png")
    assert script("return performance.getEntriesByType('resource').map(e => e.name)") == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []


def test_seeds_classes_and_sliders_change_the_grid(opened: Any) -> None:
    """A seed gives its samples again. With sigma 0 all samples of a component are alike, and two of two are not."""
    first = picture(opened, "#grids canvas")
    other = regrown(opened, lambda: opened.find_element("id", "another").click())
    assert other != first
    assert regrown(opened, lambda: set_range(opened, "seed", 1)) == first
    of_class = regrown(opened, lambda: choose(opened, "kind", "class 3"))
    truncated = regrown(opened, lambda: set_range(opened, "t", 0.5))
    assert len({first, of_class, truncated}) == 3
    regrown(opened, lambda: set_range(opened, "sigma", 0))
    assert opened.execute_script(TILES) == 1
    regrown(opened, lambda: choose(opened, "kind", ""))
    assert 5 <= opened.execute_script(TILES) <= 10, "the ten components, as far as 64 samples have them"


def test_a_code_is_chosen_moved_and_pinned_by_keyboard(opened: Any) -> None:
    grid = opened.find_element("css selector", "#grids canvas")
    assert grid.accessible_name == "64 samples of gmgan_static from seed 1"
    both = lambda: [picture(opened, f"#ones figure:nth-child({n}) canvas") for n in (1, 2)]
    start = both()
    grid.send_keys(Keys.RIGHT)
    assert (
        opened.execute_script("return document.querySelector('#grids [role=status]').textContent") == "sample 2 of 64"
    )
    second = both()
    assert all(a != b for a, b in zip(start, second, strict=True)), "all models show the same code"
    opened.find_element("id", "pin-a").click()
    opened.find_element("id", "axis-0").send_keys(Keys.RIGHT, Keys.RIGHT, Keys.RIGHT)
    assert both() != second
    opened.find_element("id", "reset").click()
    assert both() == second
    grid.send_keys(Keys.DOWN)
    opened.find_element("id", "pin-b").click()
    last = both()
    set_range(opened, "share", 0)
    assert both() == second
    set_range(opened, "share", 0.5)
    assert both() not in (second, last)
    set_range(opened, "share", 1)
    assert both() == last


def test_the_map_shows_a_sample_and_training_images(opened: Any) -> None:
    plane = opened.find_element("id", "plane")
    assert plane.accessible_name.startswith("40 samples of gmgan_static")
    plane.send_keys(Keys.RIGHT)
    first = text(opened, "map-said")
    assert re.match(r"Sample \d+, class \d, [\d.]+ away from the nearest training image", first)
    assert len(opened.find_elements("css selector", "#nearest canvas")) == 4
    assert picture(opened, "#nearest canvas") == picture(opened, "#ones canvas"), "what is pointed at is generated"
    said = {first}
    for key in (Keys.LEFT, Keys.RIGHT, Keys.UP, Keys.DOWN):
        plane.send_keys(key)
        said.add(text(opened, "map-said"))
    assert len(said) > 2
    choose(opened, "subject", "1")
    assert plane.accessible_name.startswith("40 samples of gan;")


def test_a_drawing_finds_its_code(opened: Any) -> None:
    """By keyboard; the error falls from that of the nearest sample."""
    opened.find_element("id", "look").click()
    assert text(opened, "draw-said") == "There is nothing on the pad yet."
    pad = opened.find_element("id", "pad")
    blank = picture(opened, "#pad")
    pad.send_keys(Keys.SPACE, *[Keys.DOWN] * 9, Keys.SPACE)
    assert picture(opened, "#pad") != blank
    opened.find_element("id", "look").click()
    wait(lambda: len(opened.find_elements("css selector", "#alike canvas")) == 5)
    opened.find_element("id", "search").click()
    begun = wait(lambda: re.search(NUMBER, text(opened, "draw-said")))
    wait(lambda: opened.execute_script("return performance.getEntriesByName('found').length"))
    found = re.search(NUMBER, text(opened, "draw-said"))
    assert text(opened, "draw-said").startswith("Found: after 120 of 120 steps")
    assert found
    assert float(found[1]) < float(begun[1])
    opened.find_element("css selector", "#found button").click()
    assert picture(opened, "#ones canvas") == picture(opened, "#found canvas")


def test_the_ways_of_samplers_are_played(opened: Any) -> None:
    for name in ("ddls", "dot", "dgflow"):
        choose(opened, "way", name)
        if refused := text(opened, "refused"):  # as for an untrained critic, which tells nothing apart
            assert name != "dot", refused
            assert refused.startswith("This sampler does not take the model: ")
            assert not opened.find_element("id", "position").is_displayed()
            continue
        end = picture(opened, "#movers")
        opened.find_element("id", "position").send_keys(Keys.HOME)
        assert text(opened, "moment") == "step 0"
        assert picture(opened, "#movers") != end
        chart = opened.find_element("id", "scores")
        assert chart.accessible_name.startswith("the critic's score of ten samples")
        opened.find_element("id", "position").send_keys(Keys.END)
        assert picture(opened, "#movers") == end

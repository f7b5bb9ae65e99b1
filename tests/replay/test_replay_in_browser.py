"""The replay in a real browser: what it draws, by mouse and by keyboard, wide and on a telephone, light and dark."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from gan_lab.data.point_file import read_points
from gan_lab.replay.recording import SHAPES, Recording, read
from gan_lab.replay.run import write_replay
from gan_lab.runs.run_folder import RunFolder
from tests.page.looks import SCREENSHOTS, dark, drawn, resize, save_whole, wait
from tests.replay.recordings import CELLS, MOMENTS, recording, write_recorded
from tests.report.test_in_browser import CONTRAST, NAMELESS, OUTSIDE

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_it_draws_what_is_stored_on_any_screen(browser: Any, tmp_path: Path) -> None:
    """One page for all: a run with everything, and one whose critic has no value at a point."""
    runs = [
        write_recorded(tmp_path / "1", recording(1)),
        write_recorded(tmp_path / "2", recording(2, without=("score", "gradient")), "gan_r1"),
    ]
    page = write_replay([tmp_path])
    script = browser.execute_script
    for width, height in ((1280, 900), (360, 740)):
        for scheme in ("light", "dark"):
            dark(browser, scheme == "dark")
            resize(browser, width, height)
            browser.get(page.as_uri())
            wait(lambda: drawn(browser))
            assert script(OUTSIDE) == []
            assert script("return document.documentElement.scrollWidth") <= width
            assert script(NAMELESS) == []
            assert [entry for entry in script(CONTRAST) if "disabled" not in entry[1]] == [], scheme
            save_whole(browser, width, SCREENSHOTS / "replay" / f"{width}_{scheme}.png")
    dark(browser, False)
    resize(browser, 1280, 900)
    browser.get(page.as_uri())
    wait(lambda: drawn(browser))
    recorded = [read(RunFolder(run).replay) for run in runs]
    look_at_values(browser, recorded)
    look_at_colours(browser, recorded[0])
    look_at_turns(browser)
    look_at_layers(browser)
    assert script("return performance.getEntriesByType('resource').map(e => e.name)") == []
    said = [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    assert [entry for entry in said if "getImageData" not in entry["message"]] == [], (
        "it is this test that reads pixels"
    )


def at(browser: Any, number: int) -> None:
    """Moves the slider to a moment, by keyboard."""
    browser.find_element("id", "moment").send_keys(Keys.HOME, *[Keys.RIGHT] * number)


def look_at_values(browser: Any, recorded: list[Recording]) -> None:
    """Every value that is drawn at every moment is the stored one."""
    for number in range(len(MOMENTS)):
        at(browser, number)
        for index, run in enumerate(recorded):
            drawn = browser.execute_script(
                "const d = document.getElementById(arguments[0]).drawn;"
                "return Object.fromEntries(Object.entries(d).map(([k, v]) => [k, v && v.length ? [...v] : v]))",
                f"picture-{index}",
            )
            assert (drawn["frame"], drawn["time"]) == (number, run.time[number])
            for name in SHAPES:
                if name in run.quantities:
                    stored = run.quantities[name][number].exact
                    assert np.abs(np.array(drawn[name]) - stored.ravel()).max() <= 1e-9
                else:
                    assert name not in drawn
    told = browser.find_element("id", "picture-0").accessible_name
    assert told.startswith("gan on ring, generator step 20: earth mover's distance 0.2, ")
    assert "modes 4 of 8" in told


def look_at_colours(browser: Any, run: Recording) -> None:
    """In the middle of a cell the picture has the colour of its value: blue is high, orange is low."""
    script = browser.execute_script
    for name in ("levels", "real", "fake"):
        script("document.getElementById(arguments[0]).click()", f"layer-{name}")
    score = run.quantities["score"][-1].exact
    pixels = "const c = document.getElementById('picture-0'); const [x, y] = arguments;"
    pixels += "return [...c.getContext('2d').getImageData(x * c.width, y * c.height, 1, 1).data]"
    for extreme, blue in ((score.argmax(), True), (score.argmin(), False)):
        row, column = divmod(int(extreme), CELLS)
        red, _, high, _ = script(pixels, (column + 0.5) / CELLS, 1 - (row + 0.5) / CELLS)
        assert (high > red) is blue, "the first row is the lowest"
    for name in ("levels", "real", "fake"):
        script("document.getElementById(arguments[0]).click()", f"layer-{name}")


def look_at_turns(browser: Any) -> None:
    """Buttons go to single turns, playing leaves them out, and slow motion does not."""
    script = browser.execute_script
    at(browser, 0)
    places = "return [...document.querySelectorAll('.turn')].map(each => each.textContent)"
    for player, words in (
        ("critic", "after step 0, after a turn of the critic"),
        ("generator", "generator step 1, after the generator's turn"),
    ):
        browser.find_element("id", f"next-{player}").send_keys(Keys.ENTER)
        assert script(places) == [words, words]
    assert not browser.find_element("id", "next-generator").is_enabled()
    at(browser, 0)
    script(
        "window.seen = []; new MutationObserver(() => seen.push(Number(document.getElementById('moment').value)))"
        ".observe(document.getElementById('told'), { childList: true })"
    )
    for slow, expected in ((False, [2, 3, 4]), (True, [1, 2, 3, 4])):
        if slow:
            browser.find_element("id", "slow").send_keys(Keys.SPACE)
        at(browser, 0)
        script("window.seen.length = 0")
        browser.find_element("id", "play").send_keys(Keys.SPACE)
        wait(lambda: script("return document.getElementById('play').ariaLabel === 'play' && seen.length > 1"))
        assert list(dict.fromkeys(script("return seen"))) == expected
    assert "generator step 20" in script("return document.getElementById('said').textContent")


def look_at_layers(browser: Any) -> None:
    """A layer can be switched by keyboard, changes the picture, and says what it shows and for whom it is missing."""
    script = browser.execute_script
    image = "return document.getElementById('picture-0').toDataURL()"
    for name in ("gradient", "manifold", "levels", "score"):
        before = script(image)
        box = browser.find_element("id", f"layer-{name}")
        box.send_keys(Keys.SPACE)
        assert script(image) != before, name
        words = script("return document.getElementById(arguments[0]).textContent", f"about-{name}")
        lacks = name != "manifold"
        assert ("gan_r1 on ring has none, since nobody knows it." in words) is (lacks and name != "levels") or lacks


def test_a_distribution_is_drawn_and_saved_for_training(browser: Any, tmp_path: Path) -> None:
    write_recorded(tmp_path / "run", recording())
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    browser.get(write_replay([tmp_path / "run"]).as_uri())
    wait(lambda: drawn(browser))
    board, saving = browser.find_element("id", "board"), browser.find_element("id", "save")
    assert not saving.is_enabled()
    board.send_keys(*[Keys.ARROW_RIGHT] * 5, *[Keys.SPACE] * 9)
    assert browser.find_element("id", "count").text == "108 points"
    ActionChains(browser).move_to_element(board).click_and_hold().move_by_offset(-40, 30).release().perform()
    points = np.array(browser.execute_script("return document.getElementById('board').points"))
    assert len(points) > 108
    assert points[:108].mean(0) == pytest.approx([0.5, 0.0], abs=0.05)
    saving.send_keys(Keys.ENTER)
    wait((tmp_path / "points.csv").is_file)
    with (tmp_path / "points.csv").open() as file:
        assert next(csv.reader(file)) == ["x", "y"]
    assert np.abs(read_points(str(tmp_path / "points.csv")) - points).max() < 1e-5

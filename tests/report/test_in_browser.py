"""The report in a real browser: wide and on a telephone, light and dark, by mouse and by keyboard."""

from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from gan_lab.report.run import write_report
from tests.compare.runs import write_pictures, write_run
from tests.page.looks import SCREENSHOTS, choose, dark, drawn, resize, save_whole, wait
from tests.report.test_report import hostile

pytestmark = [pytest.mark.slow, pytest.mark.browser]

OUTSIDE = """
return [...document.querySelectorAll('.card *')]
  .filter(each => !each.closest('.wide') && !each.closest('svg') && each.getClientRects().length)
  .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
  .map(each => `${each.tagName} ${each.className} ${each.textContent}`);
"""
"""What leaves the window sideways, but for what scrolls."""
NAMELESS = """
return [...document.querySelectorAll('button, input, select, summary, a, img, [tabindex]')]
  .filter(each => !(each.ariaLabel || each.alt || each.textContent.trim() || (each.labels || []).length))
  .map(each => each.outerHTML);
"""
"""What a screen reader could not name."""
CONTRAST = """
const light = colour => {
  const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = each => {
  const own = getComputedStyle(each).backgroundColor;
  return own !== 'rgba(0, 0, 0, 0)' || !each.parentElement ? own : behind(each.parentElement);
};
return [...document.querySelectorAll('h1, h2, h3, p, td, th, pre, button, span, small, summary, text')]
  .filter(each => each.getClientRects().length && each.textContent.trim()).map(each => {
    const style = getComputedStyle(each);
    const own = each.tagName === 'text' ? style.fill : style.color;
    const [a, b] = [light(own), light(behind(each))].sort((a, b) => b - a);
    return [(a + 0.05) / (b + 0.05), each.outerHTML.slice(0, 80)];
  }).filter(([ratio]) => ratio < 4.5);
"""
"""Texts whose contrast is less than what WCAG 2.1 asks for (AA, 4.5 to 1), by its formula."""


def test_it_is_read_on_any_screen(browser: Any, tmp_path: Path, config: dict[str, Any]) -> None:
    """One page for all: making it takes longer than looking at it."""
    finding = {"name": "The critic wins", "sentence": "It tells all images apart.", "figure": 0.98, "command": "a b"}
    write_run(tmp_path / "run", config, findings=[finding], commit="0" * 40, versions={"torch": "2.15.0"})
    write_pictures(tmp_path / "run")
    page = write_report(tmp_path / "run")
    script = browser.execute_script
    for width, height in ((1280, 900), (360, 740)):
        for scheme in ("light", "dark"):
            dark(browser, scheme == "dark")
            resize(browser, width, height)
            browser.get(page.as_uri())
            wait(lambda: drawn(browser))
            script("for (const each of document.querySelectorAll('details')) each.open = true")
            wait(lambda: script("return document.querySelectorAll('.panels svg').length") > 20)
            assert script(OUTSIDE) == []
            assert script("return document.documentElement.scrollWidth") <= width
            assert script(NAMELESS) == []
            assert script(CONTRAST) == [], scheme
            save_whole(browser, width, SCREENSHOTS / "report" / f"{width}_{scheme}.png")
    dark(browser, False)
    resize(browser, 1280, 900)
    browser.get(page.as_uri())
    wait(lambda: drawn(browser))
    look_at_curves(browser)
    look_at_samples(browser)
    assert script("return performance.getEntriesByType('resource').map(e => e.name)") == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []


def look_at_curves(browser: Any) -> None:
    """The keyboard goes through the points of a chart, and the axis can be changed."""
    script = browser.execute_script
    chart = browser.find_element("id", "chart-0")
    assert chart.accessible_name.startswith("fid against generator steps, from ")
    levels = script("return [...document.querySelectorAll('#chart-0 .level-text')].map(text => text.textContent)")
    assert levels == ["real 0.45"]
    xs, ys = (script(f"return [...document.getElementById('chart-0').data[0].{axis}]") for axis in "xy")
    assert xs[-1] == 2000
    said: list[str] = []
    for key in (Keys.HOME, Keys.RIGHT, Keys.END):
        chart.send_keys(key)
        said.append(script("return document.querySelector('#chart-0 [role=status]').textContent"))
    for index, text in zip((0, 1, -1), said, strict=True):
        assert text == f"fid{xs[index]:,.0f}: {ys[index]:.4g}"
    look_by_mouse(browser, chart)
    choose(browser, "clock", "1")
    assert script("return document.getElementById('chart-0').data[0].x[9]") == 128000
    choose(browser, "clock", "0")


def look_by_mouse(browser: Any, chart: Any) -> None:
    """The point under the pointer is said, a rectangle is enlarged, and a double click goes back."""
    script = browser.execute_script
    ticks = "return [...document.querySelectorAll('#chart-0 text:not(.level-text)')].map(text => text.textContent)"
    before = script(ticks)
    dot = browser.find_element("css selector", "#chart-0 svg g circle")
    ActionChains(browser).move_to_element(dot).perform()
    first = script("const { x, y } = document.getElementById('chart-0').data[0]; return [x[0], y[0]]")
    said = script("return document.querySelector('#chart-0 .tip').textContent")
    assert said == f"fid{first[0]:,.0f}: {first[1]:.4g}"
    corner = ActionChains(browser).move_to_element_with_offset(chart, -20, -40)
    corner.click_and_hold().move_by_offset(100, 60).release().perform()
    assert script(ticks) != before
    ActionChains(browser).double_click(chart).perform()
    assert script(ticks) == before


def look_at_samples(browser: Any) -> None:
    """The slider moves the picture, what is said of it, and a line in every chart."""
    script = browser.execute_script
    state = "return [document.getElementById('picture').src, document.getElementById('picture').alt]"
    last, alt = script(state)
    assert alt == "samples at 2,000 generator steps"
    browser.find_element("id", "position").send_keys(Keys.HOME)
    first, alt = script(state)
    assert (first != last, alt) == (True, "samples at 0 generator steps")
    seen = "return [...document.querySelectorAll('.moment')].map(line => line.getAttribute('visibility'))"
    assert {*script(seen)} == {"visible"}
    browser.find_element("id", "play").click()
    assert browser.find_element("id", "play").accessible_name == "pause"
    browser.find_element("id", "play").click()


def test_a_hostile_run_does_nothing(browser: Any, tmp_path: Path, config: dict[str, Any]) -> None:
    """Its texts stand on the page, and what they would run does not run, even where it is put in as HTML."""
    hostile(tmp_path / "nasty'\"<b>", config)
    browser.get(write_report(tmp_path / "nasty'\"<b>").as_uri())
    wait(lambda: drawn(browser))
    script = browser.execute_script
    assert script("return document.querySelectorAll('img[src=x], b:not(.tip b)').length") == 0
    assert "alert(1)" in script("return document.querySelector('h1').textContent")
    smuggled = "<img src=x onerror='window.ran = 1'><script>window.ran = 1</script>"
    script("document.body.insertAdjacentHTML('beforeend', arguments[0])", smuggled)
    script("const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)")
    browser.execute_async_script("setTimeout(arguments[0], 200)")
    assert script("return window.ran") is None, "the policy of the page forbids it"

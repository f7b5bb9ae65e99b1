"""The page of a sweep over three data sets, on a laptop and on a telephone: results first, and nothing is cut off."""

from pathlib import Path
from typing import Any

import pytest

from gan_lab.compare.run import write
from tests.compare.runs import Config, three_data_sets
from tests.page.looks import SCREENSHOTS, drawn, resize, save_whole, wait

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SIZES = {1300: 900, 400: 850}
"""The height of the window for each width, in pixels."""
OUTSIDE = """
return [...document.querySelectorAll('.card')].flatMap(card => {
  const around = card.getBoundingClientRect();
  const leaves = ({ left, right }) => left < around.left - 1 || right > around.right + 1;
  return [...card.querySelectorAll('*')]
    .filter(each => !each.closest('.scroll') && !each.closest('.plot') && each.getClientRects().length)
    .filter(each => leaves(each.getBoundingClientRect()))
    .map(each => `${card.id} ${each.tagName} ${each.id} ${each.textContent}`);
})
"""
"""What leaves its card sideways, but for what scrolls."""
HEAD = "return document.querySelector(`#table th[data-column='best/fid']`).getBoundingClientRect().toJSON()"
LEGEND = """
return [...document.querySelectorAll('#legend button')].map(entry => {
  entry.scrollIntoView({ block: 'center' });
  const { left, right, top, bottom } = entry.getBoundingClientRect();
  const corners = [[left + 2, (top + bottom) / 2], [right - 2, (top + bottom) / 2]];
  return [entry.textContent, corners.every(([x, y]) => entry.contains(document.elementFromPoint(x, y)))];
})
"""
"""Each entry and whether both of its ends can be seen."""
HINT = """
const area = document.querySelector('.scroll'), hint = document.getElementById('more-columns');
const right = (element) => element.getBoundingClientRect().right;
const settled = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
(async (done) => {
  const seen = [];
  for (let count = 0; count < 20 && (!count || !hint.hidden); count++) {
    if (count) hint.click();
    await settled();
    const beyond = [...document.querySelectorAll('#table th')].filter(head => right(head) > right(area) + 1);
    seen.push([beyond.length, hint.hidden ? 0 : parseInt(hint.textContent)]);
  }
  area.scrollTo(0, 0);
  done(seen);
})(arguments[0]);
"""
"""How many columns are not seen and of how many the hint speaks, until clicking on it has shown all."""
HEADS = "return [...document.querySelectorAll('#table th')].map(head => head.dataset.column)"
COLUMN = """
const heads = [...document.querySelectorAll('#table th')].map(head => head.dataset.column);
const rows = [...document.querySelectorAll('#table tbody tr:not(.floor)')];
const cells = rows.map(row => row.cells[heads.indexOf(arguments[0])]);
return cells.map(cell => [(cell.firstChild || cell).textContent, cell.classList.contains('top')]);
"""
"""The text of each cell of a column, and whether it is marked as the best."""


def test_the_result_comes_first_and_nothing_is_cut_off(
    browser: Any, tmp_path: Path, several: dict[tuple[str, str], Config]
) -> None:
    """One browser and one page for all: making them takes longer than looking at them."""
    page = write(three_data_sets(tmp_path / "three_data_sets", several), tmp_path / "out")
    for width, height in SIZES.items():
        resize(browser, width, height)
        browser.get(page.as_uri())
        wait(lambda: drawn(browser))
        script = browser.execute_script
        assert script("return document.querySelector('h1').textContent") == "three_data_sets"
        tabs = script(
            "return [...document.querySelectorAll('#sections button')].map(tab => tab.firstChild.textContent)"
        )
        assert [tab.partition(",")[0] for tab in tabs] == ["digits", "ring", "fashion_mnist"]
        for number in range(3):
            script("scrollTo(0, 0); document.querySelectorAll('#sections button')[arguments[0]].click()", number)
            look(browser, width, height, {variant for _, variant in several})
        save_whole(browser, width, SCREENSHOTS / "compare" / f"{width}.png")


BELOW = """
return [...document.querySelectorAll('#table tbody tr:not(.floor)')].map(row => row.querySelectorAll('td small').length)
"""
"""How many intervals each row has."""


def look(browser: Any, width: int, height: int, rows: set[str]) -> None:
    """At one tab of the page."""
    script = browser.execute_script
    head = script(HEAD)
    assert 0 <= head["left"] < head["right"] <= width
    assert head["bottom"] < height
    assert script("return document.documentElement.scrollWidth") <= width
    assert script(OUTSIDE) == []
    assert dict(script(LEGEND)) == dict.fromkeys(rows, True)
    assert all(count == 5 for count in script(BELOW))  # of the headline measures, and of no other one
    assert "sampling error of one generator" in script("return document.getElementById('spread').textContent")
    told = browser.execute_async_script(HINT)
    assert all(beyond == said for beyond, said in told)
    assert told[-1] == [0, 0]

    before = script(HEADS)
    click(browser, "every-setting")
    settings = [name for name in script(HEADS) if name not in before]
    assert "model.n_critic" in settings
    for name in settings:
        assert len({text for text, _ in column(browser, name)}) > 1, name
    click(browser, "every-measure")
    assert {text for text, _ in column(browser, "best/class_separation")} == {"0"}
    assert not any(best for _, best in column(browser, "best/duplicates"))
    assert sum(best for _, best in column(browser, "best/fid")) == 1
    click(browser, "every-setting")
    click(browser, "every-measure")


def column(browser: Any, name: str) -> list[tuple[str, bool]]:
    return [(text, best) for text, best in browser.execute_script(COLUMN, name)]


def click(browser: Any, name: str) -> None:
    browser.execute_script("document.getElementById(arguments[0]).click()", name)

"""Wide tables in a real browser: they scroll inside their frame, and what names a row stays in view."""

import pytest
from browser import show
from made_run import compared, made_multirun, made_run, reported
from selenium.webdriver.support.wait import WebDriverWait

pytestmark = pytest.mark.slow
EDGES = """
const frame = document.querySelector(`.frame:has(> [aria-label="${arguments[0]}"])`);
const inner = frame.firstElementChild, row = inner.querySelector("tbody tr");
const box = element => { const { left, right } = element.getBoundingClientRect(); return [left, right]; };
const last = row.cells[row.cells.length - 1];
return { frame: box(frame), first: box(row.cells[0]), second: box(row.cells[1]), last: box(last),
         head: box(inner.querySelector("thead th")), more: "more" in frame.dataset, less: "less" in frame.dataset,
         text: getComputedStyle(last).paddingRight };
"""
SCROLL = """document.querySelector(`.scroll[aria-label="${arguments[0]}"]`).scrollLeft = 1e6"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The table of the runs of a multirun that differ in two things, and the table of the images of a run."""
    directory = tmp_path_factory.mktemp("tables")
    run = made_run(directory / "run", 3, classes=["zero", "a class with a name as long as one of ImageNet's", "two"])
    return {"table of runs": compared(made_multirun(directory / "multi")), "table of images": reported(run)}


def all_columns(browser):
    browser.execute_script("document.querySelectorAll('[data-columns]:not(:checked)').forEach(box => box.click())")


def test_columns_behind_a_switch(browser, pages):
    """The main ones fit the page; the others come when they are asked for, and stay out of no printed page."""
    show(browser, pages["table of runs"], width=1400)
    frame = "document.querySelector('.frame:has(> [aria-label=\"table of runs\"])')"
    shown = f"return [...{frame}.querySelectorAll('thead th')].filter(cell => cell.offsetWidth).length"
    fits = f"const inner = {frame}.firstElementChild; return inner.scrollWidth <= inner.clientWidth"
    few = browser.execute_script(shown)
    assert browser.execute_script(fits)
    all_columns(browser)
    more = browser.execute_script(shown) - few
    said = browser.execute_script("return document.querySelector('.columns').textContent").strip()
    assert said == f"Show {more} more columns"
    assert more > 0


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (400, "dark")])
@pytest.mark.parametrize("table", ["table of runs", "table of images"])
def test_the_last_column_is_reached_while_the_first_stays(browser, pages, table, width, scheme):
    show(browser, pages[table], width=width, scheme=scheme)
    all_columns(browser)
    before = WebDriverWait(browser, 20).until(  # the shade follows the columns when the page has been laid out again
        lambda page: (edges := page.execute_script(EDGES, table))["more"] and edges
    )
    assert not before["less"]
    assert before["last"][0] > before["frame"][1]
    assert before["frame"][1] <= width
    browser.execute_script(SCROLL, table)
    after = WebDriverWait(browser, 20).until(
        lambda page: (edges := page.execute_script(EDGES, table))["less"] and not edges["more"] and edges
    )
    assert after["frame"][1] - 2 <= after["last"][1] <= after["frame"][1]
    assert float(after["text"].removesuffix("px")) >= 16  # the text itself is clear of the frame
    for name in ("first", "head"):
        assert after[name] == pytest.approx(before[name], abs=1)
    assert after["first"][0] == pytest.approx(after["frame"][0], abs=2)
    assert after["first"][1] < after["frame"][0] + 0.5 * (after["frame"][1] - after["frame"][0])
    assert after["second"][1] < after["first"][1]
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_a_table_that_fits_has_no_shade(browser, pages):
    show(browser, pages["table of images"], width=1400)
    script = """
    return [...document.querySelectorAll("details[open] .frame")].map(frame =>
      [frame.firstElementChild.scrollWidth > frame.clientWidth + 1, "more" in frame.dataset]);"""
    frames = browser.execute_script(script)
    assert [False, False] in frames
    assert all(wide == shaded for wide, shaded in frames)


def test_a_run_and_its_comparison_lead_to_one_another(browser, pages):
    comparison = pages["table of runs"]
    run = reported(comparison.parent / "2")  # again, now that it is a run of a multirun
    browser.get(run.as_uri())
    browser.find_element("partial link text", "Comparison").click()
    assert browser.current_url == comparison.as_uri()
    browser.find_element("link text", "2").click()
    assert browser.current_url == run.as_uri()

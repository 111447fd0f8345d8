"""Buttons that copy, and the page on paper, in a real browser from a file without a network."""

import pytest
from browser import show
from made_run import made_run, reported
from selenium.webdriver.support.wait import WebDriverWait

from advspace.report.citation import bibtex

pytestmark = pytest.mark.slow
COMMAND = "python probe.py seed=7 'dataset.only=[a, b]'"
KEPT = """
document.addEventListener("copy", () => (window.kept = getSelection().toString()));
const asked = arguments[0];
Object.defineProperty(navigator, "clipboard", { configurable: true, value: asked
  ? { writeText: async text => { window.kept = text; } } : undefined });
if (arguments[1]) document.execCommand = () => false;
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return reported(made_run(tmp_path_factory.mktemp("report") / "run", 3))


def pressed(browser, name):
    """Press a button; gives what was said, what was copied, and what is selected."""
    browser.find_element("xpath", f"//button[text()='{name}']").click()
    said = WebDriverWait(browser, 20).until(lambda page: page.find_element("css selector", "[role=status]").text)
    return said, *browser.execute_script("return [window.kept, getSelection().toString()]")


@pytest.mark.parametrize("clipboard", [True, False])
@pytest.mark.parametrize("name", ["Copy as command", "Copy as BibTeX"])
def test_what_is_copied(browser, page, name, clipboard):
    """By the clipboard's interface, and by the selection where a browser has none."""
    browser.get(page.as_uri())
    browser.execute_script(KEPT, clipboard, False)
    said, kept, _ = pressed(browser, name)
    version = browser.find_element("id", "bibtex").text.partition("version = {")[2].partition("}")[0]
    assert (said, kept.strip()) == ("Copied.", COMMAND if "command" in name else bibtex(version))


def test_where_nothing_can_be_copied_it_is_selected(browser, page):
    browser.get(page.as_uri())
    browser.execute_script(KEPT, False, True)
    said, kept, selected = pressed(browser, "Copy as command")
    assert "Ctrl+C" in said
    assert (kept, selected.strip()) == (None, COMMAND)


def test_on_paper_it_is_light_and_nothing_is_cut_off(browser, page):
    """Charts have the width of the paper at once, a wide table a column per row; then the screen is as before."""
    show(browser, page, width=1400, scheme="dark")
    before = browser.execute_script("return document.querySelector('.chart .main-svg').getAttribute('width')")
    script = """
    dispatchEvent(new Event("beforeprint"));
    const wide = [...document.querySelectorAll(".chart .main-svg")].map(svg => Number(svg.getAttribute("width")));
    return [Math.max(...wide), getComputedStyle(document.documentElement).backgroundColor,
            document.querySelector("[aria-label='table of images'] .transposed tbody").rows[2].cells.length,
            [...document.querySelectorAll("details[data-print]")].every(each => each.open)]"""
    assert browser.execute_script(script) == [690, "rgb(255, 255, 255)", 1 + 3, True]
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    after = "return document.querySelector('.chart .main-svg').getAttribute('width')"
    WebDriverWait(browser, 60).until(lambda page: page.execute_script(after) == before)
    left = "return document.querySelectorAll('.transposed, .unprinted, details[data-print][open]').length"
    assert browser.execute_script(left) == 0
    assert browser.get_log("browser") == []


def test_a_wide_page_prints_whole(browser, tmp_path):
    """On paper nothing is wider than the page; what is pressed is not printed; many rows are blocks."""
    show(browser, reported(made_run(tmp_path / "run", 8, boxes=["none"])), width=1400)
    browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    size = {"width": 703, "height": 900, "deviceScaleFactor": 1, "mobile": False}  # A4 without its margins
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    script = """
    const shown = names => [...document.querySelectorAll(names)].filter(each => each.checkVisibility());
    const right = shown("td, th, figure, .main-svg").map(each => each.getBoundingClientRect().right);
    return [document.documentElement.scrollWidth, Math.max(...right), shown(".copies, .chooser").length,
            shown("[aria-label='table of images'] .stacked").length]"""
    width, right, pressed_there, stacked = browser.execute_script(script)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert max(width, right) <= 703
    assert (pressed_there, stacked) == (0, 1)

"""The report page in a real browser: from its file, with no network, in light and dark, narrow and wide."""

import re

import pytest
from browser import contrasts, requested, show
from made_run import compared, made_multirun, made_run, reported
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

pytestmark = pytest.mark.slow
LONG = "a class <b>with</b> a name as long as some of ImageNet's are, black-and-tan coonhound, Walker hound"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A run of twelve attacks, of which two failed, one with a reason that markup could hide in."""
    directory = tmp_path_factory.mktemp("report") / "run"
    return reported(made_run(directory, 12, failed=[3, 7], classes=["zero", LONG, "two"]))


def column(browser, title):
    """Texts of a column of the table of images, from the top."""
    script = """
    const table = document.querySelector("[aria-label='table of images'] table");
    const headings = [...table.tHead.rows[0].cells];
    const place = headings.findIndex(heading => heading.textContent.trim() === arguments[0]);
    return [...table.tBodies[0].rows].map(row => row.cells[place].textContent.trim());
    """
    return browser.execute_script(script, title)


def heading(browser, title):
    (result,) = [
        th
        for th in browser.find_elements("css selector", "[aria-label='table of images'] th[aria-sort]")
        if th.text == title
    ]
    return result, result.find_element("tag name", "button")


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    """The page of a multirun: two noises on two models, and a run that failed."""
    return compared(made_multirun(tmp_path_factory.mktemp("multi")))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
def test_it_is_whole_without_a_network_and_fits(browser, page, scheme, width):
    requested(browser)
    show(browser, page, width=width, scheme=scheme)
    assert browser.get_log("browser") == []
    assert requested(browser) == [page.as_uri()]
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert len(browser.find_elements("css selector", ".chart .main-svg")) >= 8
    wide = "return [...document.querySelectorAll('.chart')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    assert browser.execute_script(wide) == 0
    broken = "return [...document.images].filter(image => !image.complete || !image.naturalWidth).length"
    assert browser.execute_script(broken) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser, page, scheme):
    show(browser, page, scheme=scheme)
    result = contrasts(browser)
    assert len(result) > 300
    assert result[0][0] >= 4.5, result[:5]


def test_dark_is_dark_for_charts_too_and_follows_the_reader(browser, page):
    colours = """
    return [getComputedStyle(document.body.parentElement).backgroundColor,
            getComputedStyle(document.querySelector(".chart .xtick text")).fill,
            getComputedStyle(document.querySelector(".chart .scatterlayer .point")).fill]"""
    show(browser, page, scheme="light")
    light = browser.execute_script(colours)
    media = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    WebDriverWait(browser, 20).until(lambda page: page.execute_script(colours)[1] != light[1])
    switched = browser.execute_script(colours)
    show(browser, page, scheme="dark")
    assert browser.execute_script(colours) == switched
    assert all(one != other for one, other in zip(light, switched, strict=True))


def test_a_click_sorts_and_another_turns_round(browser, page):
    show(browser, page)
    th, button = heading(browser, "L2")
    assert column(browser, "L2")[:2] == ["1.00", "2.00"]
    button.click()
    assert th.get_attribute("aria-sort") == "ascending"
    good = ["1.00", "2.00", "3.00", "5.00", "6.00", "7.00", "9.00", "10.0", "11.0", "12.0"]
    assert column(browser, "L2") == [*good, "\N{EN DASH}", "\N{EN DASH}"]
    button.click()
    assert th.get_attribute("aria-sort") == "descending"
    assert column(browser, "L2") == [*good[::-1], "\N{EN DASH}", "\N{EN DASH}"]


def test_the_keyboard_sorts(browser, page):
    show(browser, page)
    th, button = heading(browser, "image")
    browser.execute_script("arguments[0].focus()", button)
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    assert th.get_attribute("aria-sort") == "ascending"
    assert column(browser, "image") == [f"made-{number}" for number in range(12)]
    ActionChains(browser).send_keys(Keys.SPACE).perform()
    assert th.get_attribute("aria-sort") == "descending"
    ActionChains(browser).send_keys(Keys.TAB, Keys.TAB, Keys.TAB, Keys.ENTER).perform()
    other, _ = heading(browser, "result")
    assert (th.get_attribute("aria-sort"), other.get_attribute("aria-sort")) == ("none", "ascending")
    assert column(browser, "result")[:3] == ["no luck & <b>3</b>", "no luck & <b>7</b>", "reached"]


def hovered(browser, chart, point):
    """What the hover box of a chart says over one of its points."""
    place = browser.find_element("css selector", f"[data-chart='{chart}']")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", place)
    ActionChains(browser).move_to_element(place.find_elements("css selector", ".point")[point]).perform()
    texts = "return [...arguments[0].querySelectorAll('.hoverlayer text')].map(text => text.textContent).join(' ')"
    return WebDriverWait(browser, 20).until(lambda page: page.execute_script(texts, place))


def test_hovering_gives_exact_figures(browser, page):
    """All probes keep their class at scale 1, the second point; the intervals are those of the summary."""
    show(browser, page)
    text = hovered(browser, "shares-0", 1)
    assert "noise sd / distortion sd: 1" in text
    assert "target class : 100 [" in text
    assert "original class : 0 [0, " in text
    text = hovered(browser, "half_scales-0", 0)
    assert "made-0" in text
    assert "half lost at 1.41" in text
    assert LONG in text


@pytest.mark.parametrize(("width", "scheme"), [(400, "dark"), (1400, "light")])
def test_a_comparison_is_whole_too(browser, comparison, width, scheme):
    requested(browser)
    show(browser, comparison, width=width, scheme=scheme)
    assert browser.get_log("browser") == []
    assert requested(browser) == [comparison.as_uri()]
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    result = contrasts(browser)
    assert result[0][0] >= 4.5, result[:5]


def test_a_comparison_shows_what_is_chosen(browser, comparison):
    show(browser, comparison)

    def shown():
        charts = browser.find_elements("css selector", ".choice[data-choice='shares'] .chart")
        return [chart.get_attribute("data-chart")[:-2] for chart in charts if chart.is_displayed()]

    assert shown() == 8 * ["noises"]  # two models, two centers, two box policies
    choice = Select(browser.find_element("id", "choice-shares"))
    choice.select_by_visible_text("Which model's regions reach further")
    WebDriverWait(browser, 20).until(lambda _: shown() == 8 * ["models"])
    text = hovered(browser, "models-0", 0)
    assert "hand : 100 [" in text
    assert "foot : 50 [" in text
    text = hovered(browser, "gaussian_empirical-0", 0)
    assert re.search(r"Gaussian (\d+\.0) %, empirical \1 %", text)


def test_a_comparison_leads_to_each_run(browser, comparison):
    show(browser, comparison)
    browser.find_element("link text", "2").click()
    assert browser.current_url == (comparison.parent / "2" / "report.html").as_uri()
    assert browser.find_element("tag name", "h1").text == "made, foot"


def test_a_thousand_rows_sort_at_once(browser, tmp_path):
    """Also with a censored column: every attack keeps more than half at every noise."""
    show(browser, reported(made_run(tmp_path / "run", 1000, boxes=["none"], kept=[10, 10, 10, 9])))
    _, button = heading(browser, "evaluations")
    script = "const start = performance.now(); arguments[0].click(); return performance.now() - start"
    assert browser.execute_script(script, button) < 1000
    assert column(browser, "evaluations")[:2] == ["-899", "-898"]
    assert set(column(browser, "half scale, not clipped")) == {"> 4"}

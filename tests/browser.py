"""Debian's Chromium, headless, with no network, as the tests of pages use it."""

import json
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def open_browser(profile: Path):
    """A browser that can reach nothing; skips where none is installed. Selenium looks for none of its own.

    Args:
        profile: An empty folder for what browsers keep.
    """
    browser, driver = (shutil.which(name) for name in ("chromium", "chromedriver"))
    if not (browser and driver):
        pytest.skip("there is no Chromium: apt-get install chromium chromium-driver")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in (*ARGUMENTS, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    try:
        opened.execute_cdp_cmd("Network.enable", {})
        opened.execute_cdp_cmd(
            "Network.emulateNetworkConditions",
            {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0},
        )
        requested(opened)  # what the browser's own first page asked for
        yield opened
    finally:
        opened.quit()


def show(browser, path: Path, *, width: int = 1400, scheme: str = "light"):
    """Open a page from its file and wait for its charts."""
    from selenium.webdriver.support.wait import WebDriverWait

    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(path.as_uri())
    WebDriverWait(browser, 600).until(
        lambda page: page.execute_script("return document.documentElement.dataset.charts === 'drawn'")
    )


def requested(browser) -> list[str]:
    """Addresses asked for since this was last asked; what lies in the page itself is not asked for."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [message for message in messages if message["method"] == "Network.requestWillBeSent"]
    addresses = [message["params"]["request"]["url"] for message in sent]
    return [address for address in addresses if not address.startswith("data:")]


CONTRASTS = """
const parse = text => [...text.match(/[\\d.]+/g).map(Number), 1].slice(0, 4);
const light = colour => {
  const [red, green, blue] = colour.slice(0, 3).map(value => value / 255)
    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const ground = place => {
  for (let at = place; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour[3] === 1) return colour;
  }
  return [255, 255, 255, 1];
};
for (const each of document.querySelectorAll("details")) each.open = true;
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode, place = node.parentElement;
  if (!node.data.trim() || place.closest("script, style, noscript")) continue;
  const style = getComputedStyle(place);
  const ink = parse(place instanceof SVGElement ? style.fill : style.color);
  const [one, other] = [light(ink), light(ground(place))];
  const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  found.push([ratio, node.data.trim()]);
}
return found.sort((one, other) => one[0] - other[0]);
"""


def contrasts(browser) -> list[tuple[float, str]]:
    """Contrast of every text with what it stands on (WCAG 2), the weakest first."""
    return [(ratio, text) for ratio, text in browser.execute_script(CONTRASTS)]

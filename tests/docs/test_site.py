"""The documentation site: built without a warning, complete, and without anything from the network."""

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from conftest import ROOT

SETTINGS = ("--quiet", "--builder", "html", "--conf-dir", "docs", "--fail-on-warning", "--keep-going", "--nitpicky")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build it as `make docs` does."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", *SETTINGS, "--doctree-dir", folder / "doctrees", ".", folder / "site"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return folder / "site"


class Fetched(HTMLParser):
    """Addresses that a browser fetches to show a page; links to other pages are not among them."""

    def __init__(self, text):
        super().__init__()
        self.addresses = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("script", "img", "iframe", "source", "video"):
            self.addresses.append(given.get("src"))
        if tag == "link" and given.get("rel") not in ("canonical", "author"):
            self.addresses.append(given.get("href"))


@pytest.mark.slow
def test_nothing_is_fetched_from_the_network(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        addresses = [address for address in Fetched(page.read_text()).addresses if address]
        assert not [address for address in addresses if re.match(r"(?:https?:)?//", address)], page
    for sheet in (*site.rglob("*.css"), *site.rglob("*.js")):
        assert not re.search(r"""(?:@import|url\(|import\(?)\s*["']?(?:https?:)?//""", sheet.read_text()), sheet


@pytest.mark.slow
def test_each_page_is_there_and_the_first_leads_home(site):
    sources = [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs").glob("[!_]*/*.md"), *(ROOT / "benchmarks").glob("*.md")]
    assert not [path for path in sources if not (site / path.relative_to(ROOT)).with_suffix(".html").exists()]
    assert "url=docs/index.html" in (site / "index.html").read_text()
    notebook = (site / "docs" / "notebooks" / "first_steps.html").read_text()
    assert "half scale around the adversarial" in notebook
    assert 'id="advspace.probe_images"' in (site / "docs" / "api" / "python.html").read_text()


@pytest.mark.slow
def test_no_page_names_this_machine(site):
    for page in site.rglob("*.html"):
        assert str(ROOT) not in page.read_text()

"""No link within the repository is dead: files, and headings by the anchors that GitHub gives them."""

import json
import re
from pathlib import Path

import pytest
from conftest import ROOT

PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "docs/**/*.ipynb", "benchmarks/*.md", "examples/*/README.md")
    for path in ROOT.glob(pattern)
    if not any(part.startswith("_") for part in path.relative_to(ROOT).parts)
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
OUTSIDE = ("http://", "https://", "mailto:")


def prose(path: Path) -> str:
    """The page without its blocks of code; of a notebook its texts alone."""
    text = path.read_text()
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return FENCED.sub("", text)


def anchors(path: Path) -> set[str]:
    """Anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)
    slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    return {
        slug if slug not in slugs[:place] else f"{slug}-{slugs[:place].count(slug)}" for place, slug in enumerate(slugs)
    }


def dead(page: Path) -> list[str]:
    found = []
    for link in LINK.findall(prose(page)):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if link.startswith(OUTSIDE):
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    assert dead(page) == []


def test_dead_links_are_found(tmp_path):
    (tmp_path / "other.md").write_text("# A (first) heading\n")
    page = tmp_path / "page.md"
    page.write_text("[a](other.md#a-first-heading) [b](other.md#none) [c](absent.md) [d](#here)\n## Here\n")
    assert dead(page) == ["other.md#none", "absent.md"]


def test_every_page_of_the_site_is_reached_from_its_home():
    """By the hidden tables of contents: a page that stands in none of them is not found by readers."""
    listed = set()
    for page in (ROOT / "docs").rglob("index.md"):
        for block in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text(), re.DOTALL):
            names = [line for line in block.splitlines() if line and not line.startswith(":")]
            listed |= {(page.parent / name).resolve() for name in names}
    site = [path for path in PAGES if path.relative_to(ROOT).parts[0] in ("docs", "benchmarks")]
    assert {path.with_suffix("") for path in site} - listed == {ROOT / "docs" / "index"}

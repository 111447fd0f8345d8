"""Sphinx settings of the documentation site; `make docs` builds it from the same pages that GitHub shows."""

from importlib.metadata import version as installed_version
from typing import Any

from docutils import nodes

project = "advspace"
author = "the authors of advspace"
version = release = installed_version("advspace")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
root_doc = "docs/index"
include_patterns = ["docs/**.md", "docs/notebooks/*.ipynb", "benchmarks/*.md", "CHANGELOG.md", "CONTRIBUTING.md"]
exclude_patterns = [".*", "docs/_*", "cache", "examples", "framework", "multirun", "outputs", "plugins", "tests"]
highlight_language = "text"  # blocks without a language are commands, trees and outputs
nitpick_ignore_regex = [("py:.*", ".*")]  # types of other packages: their sites are in the network

myst_heading_anchors = 6  # as GitHub makes them
nb_execution_mode = "off"  # outputs are saved, and a test compares them
nb_merge_streams = True

default_role = "code"  # docstrings mark names with single backquotes
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_use_rtype = False

templates_path = ["_templates"]
html_theme = "furo"
html_title = "advspace"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_additional_pages = {"index": "to_home.html"}
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {"navigation_with_keys": True}


def keep_colons(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Put an empty comment before the text of a property: napoleon takes what stands before a colon for its type."""
    del app, name, thing, options
    if what in ("attribute", "property") and lines:
        lines[:0] = ["..", ""]


def keep_percents(app: Any, doctree: nodes.document, page: str) -> None:
    """Keep each % with its number, in narrow columns above all; commands and code stay as they are."""
    del app, page
    for text in list(doctree.findall(nodes.Text)):
        if " %" in text and not isinstance(text.parent, nodes.literal | nodes.literal_block):
            text.parent.replace(text, nodes.Text(text.replace(" %", "\N{NO-BREAK SPACE}%")))


def setup(app: Any) -> None:
    """Ask for the texts of properties before napoleon does, and keep percents whole."""
    app.connect("autodoc-process-docstring", keep_colons, priority=400)
    app.connect("doctree-resolved", keep_percents)

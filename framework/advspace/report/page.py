"""Rendering of a page: one HTML file that needs no other file."""

import gzip
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from advspace.analysis.appearance import ON_DARK
from advspace.report.private import private

FEW = 12
"""Most rows of a finding's table that is open from the start."""


def render(template: str, content: dict[str, Any]) -> str:
    """Render a template of `templates/`, with style, script and Plotly included.

    Args:
        template: File name of the template.
        content: Variables of the template; every text is escaped, and without absolute paths.
    """
    environment = Environment(
        loader=PackageLoader("advspace.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=private,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["private"] = private
    return environment.get_template(template).render(
        content,
        style=Markup(_asset("page.css")),
        script=Markup(_asset("page.js")),
        plotly=Markup(_plotly()) if content["charts"] else "",
        on_dark=ON_DARK,
        few=FEW,
    )


def _asset(name: str) -> str:
    return (files("advspace.report") / "templates" / name).read_text()


@cache
def _plotly() -> str:
    """Plotly's script, compressed; the browser decompresses it.  The page has 2 MB instead of 5 MB."""
    return b64encode(gzip.compress(get_plotlyjs().encode(), mtime=0)).decode()

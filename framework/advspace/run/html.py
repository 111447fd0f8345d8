"""Pieces of HTML for notebooks: estimates as a table, a chart as a picture."""

from base64 import b64encode
from collections.abc import Mapping
from html import escape

import pandas as pd

from advspace.analysis.chart import Chart
from advspace.analysis.contract import Estimate
from advspace.analysis.plain_text import MOST


def estimates_html(estimates: Mapping[str, Estimate]) -> str:
    """A table of the first estimates with intervals and units, and how many more there are; empty if there are none."""
    rows = [
        {"estimate": each.label or name, "value [95 % interval]": str(each), "unit": each.unit}
        for name, each in estimates.items()
    ]
    more = f"<p>and {len(rows) - MOST} more: <code>.estimates</code></p>" if len(rows) > MOST else ""
    return table_html(pd.DataFrame(rows[:MOST])) + more if rows else ""


def table_html(table: pd.DataFrame) -> str:
    """A table in the form in which notebooks show those of pandas; it scrolls if it is too wide."""
    with pd.option_context("display.max_colwidth", None):
        return f'<div style="overflow-x:auto">{table.to_html(index=False, border=0, justify="left")}</div>'


def chart_html(chart: Chart) -> str:
    """A chart as a picture within the page."""
    from advspace.figures import draw
    from advspace.figures.inline import SHOWN_DPI

    figure = draw(chart)
    width = round(SHOWN_DPI * figure.get_figwidth())
    picture = b64encode(figure.png()).decode()
    style = "max-width:100%;height:auto;background:white"
    return (
        f'<img width="{width}" style="{style}" alt="{escape(chart.text)}" title="{escape(chart.name)}" '
        f'src="data:image/png;base64,{picture}">'
    )

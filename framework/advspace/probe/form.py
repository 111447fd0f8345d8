"""The form of a probe's result, clause by clause."""

from collections.abc import Iterator, Mapping
from typing import Any

from advspace.clauses import Clause
from advspace.probe.contract import ProbeRecord, ProbeResult


def result_form(given: Any) -> Iterator[Clause]:
    """Clauses for what a probe returned, without the values of its records."""
    whole = given.records if isinstance(given, ProbeResult) else given
    records = isinstance(whole, list | tuple) and all(isinstance(record, ProbeRecord) for record in whole)
    yield "return a list of advspace.ProbeRecord, or an advspace.ProbeResult", records, _content(whole)
    tables = given.tables if isinstance(given, ProbeResult) else {}
    rows = isinstance(tables, Mapping) and all(
        isinstance(table, list | tuple) and all(isinstance(row, Mapping) for row in table) for table in tables.values()
    )
    yield "give each table of its own as a list of rows, names with values", rows, tables


def _content(value: Any) -> str:
    """The type of a value, and the types in it if it is a list."""
    kinds = sorted({type(each).__name__ for each in value}) if isinstance(value, list | tuple) else []
    return f"{type(value).__name__} of {', '.join(kinds)}" if kinds else type(value).__name__

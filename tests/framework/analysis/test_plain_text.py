"""Results as lines of text."""

from advspace.analysis.plain_text import MOST, WIDTH, block


def test_rows_stand_in_two_columns():
    assert block("title", "", {"a": 1, "long": 2}, ["charts: x"]) == "title\n  a     1\n  long  2\ncharts: x"


def test_what_does_not_fit_is_wrapped_or_counted():
    rows = {f"row {number}": number for number in range(MOST + 3)}
    lines = block("", 40 * "word ", rows, [40 * "name, "]).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert "  and 3 more" in lines
    assert not any(f"row {MOST}" in line for line in lines)
    assert " ".join(lines).count("word") == 40

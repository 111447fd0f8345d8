"""Results made by hand, for trackers to log."""

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from advspace.tracking.contract import Results

PIXELS = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
TABLE = pd.DataFrame({"scale": [0.5, 1.0, 2.0], "name": ["a", "<b>", None], "counts": [np.array([1, 2])] * 3})


def made_results(directory: Path, kind: str = "run") -> Results:
    """Two numbers, a text and a number that is missing; a table with an array in its cells, a chart, a report."""
    (directory / "figures").mkdir(parents=True)
    chart, report, table = directory / "figures" / "shares.png", directory / "report.html", directory / "shares.parquet"
    Image.fromarray(PIXELS).save(chart)
    report.write_text("<h1>report</h1>")
    TABLE.to_parquet(table)
    return Results(
        kind=kind,
        directory=directory,
        estimates={"attacks": 3, "half/adversarial": 0.5, "half/adversarial_censored": "above", "none": None},
        tables={"shares": TABLE},
        charts={"shares_chart": chart},
        files=[chart, report, table],
        report=report,
        settings={"seed": 7, "noise": {"plugin": "gaussian"}},
    )

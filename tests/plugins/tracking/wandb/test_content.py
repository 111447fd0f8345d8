"""What a wandb run gets of long tables, read back from an offline run."""

import json

import pandas as pd
import pytest
import wandb
from made_run import made_run, summed_up
from offline_run import read_offline_run

from advspace.analysis.findings import write_findings
from advspace.errors import AdvspaceWarning
from advspace.run.results import run_results
from advspace.run_directory import RunDirectory
from advspace_plugins.tracking.wandb.content import log_results


def test_a_long_table_is_cut_with_a_word_and_whole_in_the_artifact(tmp_path, monkeypatch):
    monkeypatch.setattr("advspace_plugins.tracking.wandb.content.MOST_ROWS", 30)
    conclusion = summed_up(made_run(tmp_path / "run", 4))
    write_findings(RunDirectory(conclusion.run.directory), conclusion.findings)
    assert len(conclusion.run.probes) == 64
    logged = []
    with wandb.init(mode="offline", dir=tmp_path, settings=wandb.Settings(silent=True, console="off")) as run:
        monkeypatch.setattr(run, "log_artifact", lambda artifact: logged.append(artifact))
        expected = (
            "wandb shows the first 30 of 64 rows of table probes and of 48 rows of table shares and of 64 rows of "
            "table flow and of 48 rows of table persistence; "
            f"its artifact run-{run.id} has all of them"
        )
        with pytest.warns(AdvspaceWarning, match=f"^{expected}$"):
            log_results(run, run_results(conclusion))
    (artifact,) = [each for each in logged if each.name == f"run-{run.id}"]
    parts = [entry.local_path for name, entry in artifact.manifest.entries.items() if name.startswith("probes.parquet")]
    pd.testing.assert_frame_equal(pd.concat(map(pd.read_parquet, parts)), conclusion.run.probes)
    assert "analysis/shares.parquet" in artifact.manifest.entries
    _, history, summary = read_offline_run(tmp_path)
    assert summary["cut_tables"] == expected
    assert {"images", "probes", "shares"} <= {key.split(".")[0] for row in history for key in row}
    (file,) = tmp_path.rglob("media/table/probes_*.table.json")
    content = json.loads(file.read_text(), parse_constant=pytest.fail)
    assert [dict(zip(content["columns"], row, strict=True)) for row in content["data"]] == [
        {name: getattr(cell, "tolist", lambda cell=cell: cell)() for name, cell in row.items()}
        for row in conclusion.run.probes.head(30).to_dict("records")
    ]

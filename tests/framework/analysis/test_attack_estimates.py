"""What analyses say about each attack, in the run directory, as numbers."""

import pandas as pd
import pytest
from made_run import made_run

from advspace.analysis.attack_estimates import plain
from advspace.analysis.contract import Estimate, Finding
from advspace.analysis.findings import Findings, write_findings
from advspace.analysis.finished_run import read_run
from advspace.errors import DamagedError
from advspace.run_directory import RunDirectory

ATTACKS = pd.DataFrame({"image_id": ["a", "b"], "target": [1, 2], "n": [3, 4], "word": ["x", "y"]})


def test_an_estimate_is_its_value():
    table = plain(ATTACKS.assign(reach=[Estimate(1.5), None]))
    assert table.columns.tolist() == ["image_id", "target", "n", "word", "reach"]
    assert table["reach"].tolist()[0] == 1.5
    assert table["reach"].isna().tolist() == [False, True]


def test_a_censored_estimate_has_a_column_beside_it():
    table = plain(ATTACKS.assign(reach=[Estimate(1.5), Estimate(4.0, censored="above")]))
    assert table["reach"].tolist() == [1.5, 4.0]
    assert table["reach censored"].tolist() == ["", "above"]


def test_they_are_read_back_from_the_run(tmp_path):
    directory = RunDirectory(made_run(tmp_path / "run"))
    run = read_run(directory.path)
    write_findings(directory, Findings({"mine": Finding(attacks=ATTACKS), "none": Finding(sentence="Words.")}))
    assert run.estimating == ["mine"]
    pd.testing.assert_frame_equal(run.attack_estimates("mine"), ATTACKS)
    assert run.attack_estimates("none").empty


def test_a_damaged_file_says_how_to_make_it_again(tmp_path):
    directory = RunDirectory(made_run(tmp_path / "run"))
    write_findings(directory, Findings({"mine": Finding(attacks=ATTACKS)}))
    (directory.attack_estimates / "mine.parquet").write_bytes(b"PAR1")
    with pytest.raises(DamagedError, match=r"make it again: python probe\.py report="):
        read_run(directory.path).attack_estimates("mine")

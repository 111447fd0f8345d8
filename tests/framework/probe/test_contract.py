"""A probe that is nothing like the ladder: its records reach tables, summary, figures and wandb."""

import json

import pandas as pd
import pytest
from offline_run import read_offline_run
from PIL import Image

from advspace import AdvspaceError, ProbeRecord
from advspace.analysis.curves import curves
from advspace.errors import AdvspaceWarning
from advspace.records.rows import probe_rows
from advspace.records.tables import Part, read_tables, write_part
from advspace.run.probe import objective

WALK = """
from dataclasses import dataclass
from advspace import Probe, ProbeCounter
@dataclass(frozen=True)
class Plugin(Probe):
    '''Walks from the adversarial to the original and past the adversarial, without any noise or box.'''
    draws: int = 4
    own_scales: bool = False
    column: str = "direction"
    def __call__(self, model, case, noise, blocks):
        counter = ProbeCounter(model, case, blocks)
        own = case.distortion.norm().item() if self.own_scales else 0
        for way, sign in ("home", -1), ("away", 1):
            for share in [step / self.draws for step in range(self.draws + 1)]:
                extra = {self.column: way, "share": share}
                cell = counter.cell("line", "free", share + own, around=case.adversarial, extra=extra)
                counter.add(cell, (case.adversarial + sign * share * case.distortion)[None])
        return counter.records()
"""


@pytest.fixture
def walk(third_party):
    third_party("probe", "walk", WALK, package="their_probe")


def test_records_reach_tables_summary_figures_and_wandb(walk, run, tmp_path, monkeypatch):
    """Home, the target is lost on the way (at the original itself all are), away it is not: known without running."""
    monkeypatch.setenv("WANDB_API_KEY", "")
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    result = run("probe=walk", "probe.draws=2", "tracking=wandb", "images=3", figures=True)
    assert result.probes["direction"].tolist() == 3 * (3 * ["home"] + 3 * ["away"])
    assert result.probes["share"].tolist() == result.probes["scale"].tolist() == 6 * [0.0, 0.5, 1.0]
    assert set(result.probes["probe_version"]) == {"their_probe 1.0"}
    shares = result.findings.made["shares"].table
    assert set(zip(shares["center"], shares["box"], strict=True)) == {("line", "free")}
    means = shares.pivot(index="outcome", columns="scale", values="mean")
    assert means.columns.tolist() == [0.0, 0.5, 1.0]
    assert means.loc["target"].tolist() == [1.0, 0.5, 0.5]
    assert means.loc["original"].tolist() == [0.0, 0.5, 0.5]
    half = result.findings.headline["half_scale/line/free"]
    assert objective(result.findings.headline, ["half_scale/adversarial/*"]) is None
    assert objective(result.findings.headline, ["half_scale/adversarial/*", "half_scale/*"]) == 0.5
    for name in ("shares", "images", "gallery", "histogram"):
        with Image.open(result.directory / "figures" / f"{name}.png") as picture:
            assert min(picture.size) > 300
    _, history, summary = read_offline_run(result.directory)
    assert summary["half_scale/line/free"] == half.value == 0.5
    assert {"probes", "shares"} <= {key.split(".")[0] for row in history for key in row}
    (table,) = result.directory.rglob("media/table/probes_*.table.json")
    content = json.loads(table.read_text())
    column = content["columns"].index("direction")
    assert [row[column] for row in content["data"]] == result.probes["direction"].tolist()


def test_attacks_that_share_no_scale_have_tables_and_no_curve(walk, run):
    with pytest.warns(AdvspaceWarning, match=r"there is no curve around the line \(free\): no scale is common to all"):
        result = run("probe=walk", "probe.own_scales=true", "probe.draws=2", "images=2", figures=True)
    assert result.findings.made["shares"].table.empty
    assert not {name for name in result.findings.headline if name.startswith("half_scale")}
    assert len(result.probes) == 2 * 6
    assert {path.stem for path in (result.directory / "figures").glob("*.png")} == {"gallery", "histogram", "norms"}


def test_an_extra_column_cannot_hide_another(walk, run):
    with pytest.raises(
        AdvspaceError, match="probe 'walk' has an extra column 'scale', which the table has already; give"
    ):
        run("probe=walk", "probe.column=scale", "images=1")


def record(**changes):
    given = {"image_id": "a", "target": 1, "center": "tip", "box": "free", "scale": 1.0, "draws": 4} | changes
    extra = given.pop("extra", {})
    counted = {"n_target": 1, "n_original": 1, "n_other": 2, "class_counts": [1, 1, 2]}
    measured = {"noise_mean": 0.0, "noise_sd": 1.0, "noise_l2": 1.0, "clipped": 0.0}
    return ProbeRecord(**given, **counted, **measured, extra=extra)


def image(id_):
    return {"image_id": id_, "target": 1, "success": True, "targeted": True}


def test_columns_that_only_some_records_have_are_kept(tmp_path):
    write_part(
        tmp_path, 0, Part([image("a")], probe_rows([record(), record(scale=2.0, extra={"note": "far"})], {}), {})
    )
    assert read_tables(tmp_path)[1]["note"].fillna("").tolist() == ["", "far"]


def test_a_column_of_two_types_is_refused(tmp_path):
    rows = probe_rows([record(extra={"note": 1}), record(extra={"note": "far"})], {})
    with pytest.raises(AdvspaceError, match="an extra column must hold text or numbers, all of one type"):
        write_part(tmp_path, 0, Part([image("a")], rows, {}))


def test_scales_that_all_attacks_have_make_the_curve():
    """The second attack was looked at more closely between them."""
    scales = {"a": [1.0, 4.0], "b": [1.0, 2.0, 4.0]}
    rows = [
        {"image_id": id_, "target": 1, "center": "tip", "box": "free", "scale": scale, "clipped": 0.0, "draws": 4}
        | {"share_target": 1 / scale, "share_original": 0.0, "share_other": 1 - 1 / scale}
        for id_, own in scales.items()
        for scale in own
    ]
    (result,) = curves(pd.DataFrame(rows))
    assert result.scales.tolist() == [1.0, 4.0]
    assert result.bands["target"].mean.tolist() == [1.0, 0.25]
    assert result.kept == "target"

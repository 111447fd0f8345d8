"""An analysis and a probe of another package, a file each, seen everywhere without a change in the core."""

import json
from pathlib import Path

import pandas as pd
import pytest
from offline_run import read_offline_run
from PIL import Image

from advspace.analysis.findings import AnalysisError
from advspace.registry.components import all_analyses, analyses_of
from advspace.run.conclude import compare_runs, conclude_again

REACH = """
from dataclasses import dataclass
import pandas as pd
from advspace import Analysis, Axis, Chart, Estimate, Finding, Line, Panel
@dataclass(frozen=True)
class Plugin(Analysis):
    '''The norm of the weakest and of the strongest distortion.'''
    power: float = 1.0
    title = "Reach of the distortions"
    def __call__(self, run):
        norms = run.succeeded["l2"] ** self.power
        panel = Panel([Line([0.0, 1.0], [norms.min(), norms.max()], "reach")], x=Axis("rank"), y=Axis("L2"))
        return Finding(
            pd.DataFrame({"weakest": [norms.min()], "strongest": [norms.max()]}),
            {"reach": Estimate(norms.max(), norms.min(), norms.max(), "L2", "reach of the distortions")},
            [Chart("reach", run.subject, "reach", "From the weakest distortion to the strongest.", [panel])],
            f"Distortions reach to {norms.max():.3g}.",
            run.succeeded[["image_id", "target"]].assign(reach=norms),
        )
    def compare(self, runs):
        lines = [Line([0.0, 1.0], [0.0, run.succeeded["l2"].max()], run.name) for run in runs]
        return Finding(charts=[Chart("reaches", "", "reach of each run", "A line per run.", [Panel(lines)])],
                       sentence=f"{len(runs)} reaches.")
"""

RAYS = """
from dataclasses import dataclass
import pandas as pd
import torch
from advspace import Analysis, Axis, Chart, Estimate, Finding, Measure, Panel, Points, Probe, ProbeResult
@dataclass(frozen=True)
class Plugin(Probe):
    '''How far along the distortion the target class reaches, in a table of its own.'''
    draws: int = 5
    measure = Measure("distance along the ray, L2", "L2", noise=False, centers=("adversarial",))
    def __call__(self, model, case, noise, blocks):
        rows = []
        for step in range(self.draws):
            point = (case.adversarial + step * case.distortion)[None]
            kept = int(model(point).argmax()) == case.target
            rows.append({"radius": step * case.distortion.norm().item(), "kept": kept})
        return ProbeResult(tables={"rays": rows})
class Reader(Analysis):
    '''The share of the points along the rays that keep the target.'''
    needs = frozenset({"rays.radius", "rays.kept"})
    title = "Along the ray"
    def __call__(self, run):
        rays = run.table("rays")
        share = float(rays["kept"].mean())
        panel = Panel([Points(rays["radius"].to_numpy(), rays["kept"].to_numpy(float))], x=Axis(run.measure.axis))
        chart = Chart("rays", run.subject, "points along the rays", "Points.", [panel])
        return Finding(rays, {"kept_along_rays": Estimate(share, unit="of the points")}, [chart], "Along the rays.")
"""

BREAKS = """
from advspace import Analysis
class Plugin(Analysis):
    '''Breaks.'''
    order = 1
    def __call__(self, run):
        raise KeyError("radius")
"""


@pytest.fixture
def no_key(monkeypatch, tmp_path):
    monkeypatch.setenv("WANDB_API_KEY", "")
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))


def test_an_analysis_is_seen_everywhere(third_party, run, no_key, capsys):
    """Summary, terminal, PNG, SVG and PDF, report, table of attacks, parquet, and an offline wandb run."""
    third_party("analysis", "reach", REACH)
    result = run("tracking=wandb", "verbose=true", "images=3", "probe.draws=4", "analysis.reach.power=2", figures=True)
    strongest = (result.images["l2"] ** 2).max()
    stored = json.loads((result.directory / "summary.json").read_text())["findings"]["reach"]
    assert stored["headline"]["reach"]["value"] == pytest.approx(strongest)
    assert stored["sentence"] == f"Distortions reach to {strongest:.3g}."
    assert stored["title"] == "Reach of the distortions"
    out = capsys.readouterr().out
    assert stored["sentence"] in out
    assert "reach of the distortions" in out
    with Image.open(result.directory / "figures" / "reach.png") as picture:
        assert min(picture.size) > 300
    assert {path.suffix for path in (result.directory / "figures").glob("reach.*")} == {".png", ".svg", ".pdf"}
    page = (result.directory / "report.html").read_text()
    for text in ("Reach of the distortions", stored["sentence"], 'data-chart="reach-0"', "reach of the distortions"):
        assert text in page
    assert pd.read_parquet(result.directory / "analysis" / "reach.parquet")["strongest"].tolist() == [strongest]
    _, history, summary = read_offline_run(result.directory)
    assert summary["reach"] == pytest.approx(strongest)
    assert {"reach", "reach_chart"} <= {key.split(".")[0] for row in history for key in row}


def test_only_those_that_are_chosen_are_made(third_party, run, compose_config):
    third_party("analysis", "reach", REACH)
    result = run("images=2", "probe.draws=4", "analysis=[reach,half_scale]", figures=True)
    assert list(result.findings.made) == ["half_scale", "reach"]
    assert {path.stem for path in (result.directory / "figures").iterdir()} == {"half_scales", "reach"}


def test_none_can_be_chosen(run):
    result = run("images=2", "probe.draws=4", "analysis=[]", figures=True)
    assert result.findings.made == {}
    assert len(result.probes)
    assert "No analysis found anything" in (result.directory / "report.html").read_text()


def test_a_probe_with_a_table_and_an_axis_of_its_own(third_party, run, no_key):
    """No noise is named, the axis is the probe's, its table is read by the analysis that it brings."""
    folder = third_party("probe", "rays", RAYS)
    points = folder / "thirdparty_plugin-1.0.dist-info" / "entry_points.txt"
    points.write_text(points.read_text() + "\n[advspace.analysis]\nrays = thirdparty_plugin:Reader\n")
    result = run("probe=rays", "probe.draws=5", "tracking=wandb", "images=3", figures=True)
    rays = pd.read_parquet(result.directory / "probes" / "rays.parquet")
    assert len(rays) == 3 * 5
    assert rays.columns[:4].tolist() == ["image_id", "target", "radius", "kept"]
    assert set(rays["probe_version"]) == {"thirdparty_plugin 1.0"}
    assert rays.groupby("image_id")["kept"].first().all()  # the adversarial itself
    assert result.probes.empty
    assert result.findings.headline["kept_along_rays"].value == pytest.approx(rays["kept"].mean())
    assert result.findings.skipped["shares"] == "the run has no probes"
    page = (result.directory / "report.html").read_text()
    assert "3 images of digits, 3 targeted attacks by lbfgsb (overshoot) on logistic, then probed by rays." in page
    assert "distance along the ray, L2" in page
    assert "noise sd" not in page
    assert (result.directory / "figures" / "rays.pdf").exists()
    assert read_offline_run(result.directory)[2]["kept_along_rays"] == pytest.approx(rays["kept"].mean())


def test_a_run_with_a_table_of_its_own_goes_on_where_it_was_stopped(third_party, run):
    third_party("probe", "rays", RAYS)
    whole = run("probe=rays", "probe.draws=5", "images=4", "batch_size=1")
    (whole.directory / "images.parquet" / "part-0000002.parquet").unlink()
    again = run("probe=rays", "probe.draws=5", "images=4", "batch_size=1", directory=whole.directory)
    rays = pd.read_parquet(again.directory / "probes" / "rays.parquet")
    assert rays.groupby("image_id").size().tolist() == 4 * [5]


def test_it_works_on_an_old_run_without_a_forward_pass(third_party, run, compose_config, monkeypatch):
    """First the run, then the package with the analysis; no network is built."""
    result = run("images=2", "probe.draws=4")
    (result.directory / ".hydra").mkdir()
    (result.directory / ".hydra" / "config.yaml").write_text("noise: {plugin: gaussian}")
    third_party("analysis", "reach", REACH)
    monkeypatch.setattr("torch.nn.Module.__call__", None)
    overrides = [f"report={result.directory}", "analysis=[reach]"]
    conclude_again(result.directory, compose_config(*overrides), overrides)
    assert set(json.loads((result.directory / "summary.json").read_text())["findings"]) == {"reach"}
    conclude_again(result.directory, compose_config(overrides[0]), overrides[:1])
    assert {"reach", "shares"} <= set(json.loads((result.directory / "summary.json").read_text())["findings"])


def test_it_works_on_every_run_of_a_multirun(third_party, run, compose_config, tmp_path):
    for number, noise in enumerate(("gaussian", "laplace")):
        directory = tmp_path / "multi" / str(number)
        run("images=2", "probe.draws=4", f"noise={noise}", directory=directory, figures=True)
        (directory / ".hydra").mkdir()
        (directory / ".hydra" / "config.yaml").write_text(f"noise: {{plugin: {noise}}}")
    third_party("analysis", "reach", REACH)
    overrides = [f"report={tmp_path / 'multi'}", "analysis=[reach,shares]"]
    conclude_again(tmp_path / "multi", compose_config(*overrides), overrides)
    runs = pd.read_csv(tmp_path / "multi" / "comparison" / "runs.csv")
    assert runs["reach"].notna().all()
    assert not [name for name in runs if name.startswith("half_scale")]
    assert (tmp_path / "multi" / "comparison" / "reaches.png").exists()
    page = (tmp_path / "multi" / "report.html").read_text()
    assert "2 reaches." in page
    assert "reach of the distortions" in page


def test_one_that_breaks_is_named_and_the_others_are_shown(third_party, run, capsys):
    third_party("analysis", "breaks", BREAKS)
    folder = Path(run("images=1", "probe.draws=2", "analysis=[shares]", figures=True).directory)
    said = "analysis 'breaks' failed: KeyError: 'radius'; the other findings are in"
    with pytest.raises(AnalysisError, match=said):
        run("images=1", "probe.draws=2", directory=folder, figures=True)
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["failed_analyses"] == {"breaks": "KeyError: 'radius'"}
    assert "shares" in summary["findings"]
    page = (folder / "report.html").read_text()
    assert "Analysis breaks failed:</strong> KeyError: &#39;radius&#39;" in page
    assert 'data-chart="shares-0"' in page


def test_one_that_cannot_be_loaded_is_left_out_of_all(third_party, compose_config):
    third_party("analysis", "torn", "import nothing_of_that_name")
    with pytest.warns(match="analysis 'torn' cannot be imported"):
        config = compose_config()
    assert "torn" not in config.analysis
    with pytest.warns(match="analysis 'torn' cannot be imported"):
        assert "torn" not in all_analyses()
    assert set(analyses_of(config)) == set(config.analysis)


def test_a_comparison_of_nothing_to_compare(run, tmp_path):
    run("images=2", "probe.draws=4", "analysis=[attacks]", directory=tmp_path / "multi" / "0")
    (tmp_path / "multi" / "0" / ".hydra").mkdir()
    (tmp_path / "multi" / "0" / ".hydra" / "config.yaml").write_text("noise: {plugin: gaussian}")
    compared = compare_runs(tmp_path / "multi", all_analyses())
    assert [run.name for run in compared.comparison.finished] == ["0"]

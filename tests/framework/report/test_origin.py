"""Where the figures of a report come from."""

from made_run import made_run, summed_up

from advspace.report.origin import files, settings, versions
from advspace.run_directory import RunDirectory


def test_settings_are_written_as_they_are_typed():
    tree = {"noise": {"plugin": "coin", "deep": {"er": [1, 2]}}, "resume": None, "options": {}, "seed": 0}
    assert settings(tree) == {
        "noise.plugin": "coin",
        "noise.deep.er": "[1, 2]",
        "resume": "null",
        "options": "{}",
        "seed": "0",
    }


def test_files_are_those_that_are_there(tmp_path):
    run = RunDirectory(made_run(tmp_path / "run"))
    names = [file.name for file in files(run)]
    assert names == ["images.parquet", "probes.parquet", "tensors", "summary.json", "plan.json"]
    run.summary.unlink()
    run.table("rays").mkdir(parents=True)
    assert [file.name for file in files(run)] == ["images.parquet", "probes.parquet", "probes", "tensors", "plan.json"]


def test_every_plugin_has_its_version_also_without_probes(tmp_path):
    conclusion = summed_up(made_run(tmp_path / "run"))
    shown = versions(conclusion.run, conclusion.summary)
    assert shown["noise coin"] == "coins 2.0"
    assert shown["model hand"] == "thirdparty 1.0"
    assert {"advspace", "torch", "python"} <= set(shown)
    failed = summed_up(made_run(tmp_path / "failed", 2, failed=[0, 1]))
    shown = versions(failed.run, failed.summary)
    assert shown["attack none"] == "thirdparty 1.0"
    assert not any(name.startswith("noise") for name in shown)

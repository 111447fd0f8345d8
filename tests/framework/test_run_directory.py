"""What lies where in the directory of a run, and which runs a multirun has."""

from made_run import made_run

from advspace.run_directory import MultirunDirectory, RunDirectory


def test_what_a_run_leaves_is_where_the_names_say(tmp_path):
    run = RunDirectory(made_run(tmp_path / "run"))
    for path in (run.config, run.overrides, run.plan, run.summary):
        assert path.is_file()
    for folder in (run.images, run.probes, run.tensors):
        assert any(folder.iterdir())
    absent = (run.plugins, run.own_tables, run.analysis, run.figures, run.report, run.failure)
    assert not any(path.exists() for path in absent)
    assert run.table("rays").parent == run.own_tables


def test_settings_and_overrides_are_read_back(tmp_path):
    run = RunDirectory(made_run(tmp_path / "run"))
    assert run.read_settings()["noise"] == {"plugin": "coin"}
    assert run.read_overrides() == ["seed=7", "dataset.only=[a, b]"]
    run.config.write_text("a: 1\nb: ${a}\n")
    assert run.read_settings() == {"a": 1, "b": "${a}"}  # it may come from someone else


def test_where_nothing_is_stored_nothing_is_read(tmp_path):
    run = RunDirectory(tmp_path)
    assert (run.read_settings(), run.read_overrides()) == ({}, [])
    run.config.parent.mkdir()
    run.config.write_text("[1, 2]")
    assert run.read_settings() == {}


def test_a_label_is_the_end_of_the_path(tmp_path, monkeypatch):
    path = tmp_path / "outputs" / "today" / "now"
    path.mkdir(parents=True)
    monkeypatch.chdir(path.parent)
    assert RunDirectory(path).label == "today/now"
    assert MultirunDirectory(path.relative_to(path.parent)).label == "today/now"


def test_the_runs_of_a_multirun_are_in_the_order_of_their_start(tmp_path):
    """Ten comes after nine; runs may lie deeper; the multirun's own config is none of theirs."""
    for name in ("10", "9", "1", "deep/2", "."):
        config = RunDirectory(tmp_path / name).config
        config.parent.mkdir(parents=True)
        config.write_text("seed: 0")
    (tmp_path / "11").mkdir()
    runs = MultirunDirectory(tmp_path).runs()
    assert [run.path.relative_to(tmp_path).as_posix() for run in runs] == ["1", "9", "10", "deep/2"]


def test_the_multirun_of_a_run_is_the_nearest_above(tmp_path):
    for folder in (tmp_path, tmp_path / "inner"):
        folder.mkdir(exist_ok=True)
        (folder / "multirun.yaml").write_text("{}")
    assert RunDirectory(tmp_path / "a" / "b").multirun == MultirunDirectory(tmp_path)
    assert RunDirectory(tmp_path / "inner" / "0").multirun == MultirunDirectory(tmp_path / "inner")
    assert RunDirectory(tmp_path / "inner").multirun == MultirunDirectory(tmp_path)

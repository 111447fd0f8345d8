"""`--help` as a user reads it: the settings that a command would run with, in one line each."""

import pytest
from hydra.errors import HydraException
from omegaconf import OmegaConf

from advspace.registry.installed import KINDS, installed
from advspace.run.help import DOCUMENTED, show_help
from advspace.run.help_head import DOES, head
from advspace.run.help_lines import COLUMN, brief, choice, setting
from advspace.run.opening import WIDTH


@pytest.fixture
def shown(no_plugin_configs, capsys):
    def lines(name, *arguments):
        show_help(name, ["--help", *arguments])
        said = capsys.readouterr().out.splitlines()
        assert max(map(len, said)) <= WIDTH == 100
        return said

    return lines


def names_of(config, prefix=""):
    """Whole names of all settings of a composed config, except the plugins' names."""
    for key in config:
        value, whole = None if OmegaConf.is_missing(config, key) else config[key], f"{prefix}{key}"
        if OmegaConf.is_dict(value) and (whole == "analysis" or len(value)) and whole != "model.kwargs":
            yield from names_of(value, f"{whole}.")
        elif key != "plugin":
            yield whole


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("probe", []), ("train", ["model=timm"]), ("probe", ["attack=foolbox_ddn", "analysis=[shares,gallery]"])],
)
def test_every_setting_has_its_line_with_its_meaning(shown, compose_config, name, arguments):
    lines = [line for line in shown(name, *arguments) if line.startswith("  ") and "=" in line.split()[0]]
    assert sorted(line.split("=")[0].strip() for line in lines) == sorted(
        names_of(compose_config(*arguments, name=name))
    )
    assert [line for line in lines if not line[COLUMN:].strip()] == []


def test_every_plugin_is_named_with_its_kind(shown):
    text = "\n".join(shown("probe"))
    for kind in KINDS:
        own = text.partition(f"\n{kind}=")[2].partition("\n\n")[0]
        for name in installed(kind):
            assert name in own, (kind, name)


def test_the_values_are_those_of_the_command(shown, tmp_path):
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "short.yaml").write_text("# @package _global_\nimages: 7\n")
    lines = shown("probe", f"--config-dir={tmp_path}", "experiment=short", "noise=empirical", "model=python")
    assert any(line.startswith("experiment=short ") for line in lines)
    assert "  images=7                       Correctly classified test images to attack (>= 1)" in lines
    assert any(line.startswith("noise=empirical                  Pixel values of the distortion") for line in lines)
    assert any(line.startswith("  model.path=??? ") and line.endswith("(must be given)") for line in lines)


def test_of_a_multirun_the_first_values(shown):
    lines = shown("probe", "-m", "noise=uniform,gaussian", "images=3,5")
    assert any(line.startswith("noise=uniform ") for line in lines)
    assert any(line.startswith("  images=3 ") for line in lines)


def test_a_list_of_analyses(shown):
    assert any(line.startswith("analysis=[shares,gallery] ") for line in shown("probe", "analysis=[shares,gallery]"))
    assert any(line.startswith("analysis=[] ") for line in shown("probe", "analysis=[]"))


def test_a_group_of_the_commands_own_has_no_meaning(shown):
    assert "foo" not in DOCUMENTED
    assert "  foo.bar=1" in shown("probe", "+foo.bar=1")


def test_a_mistake_beside_it(no_plugin_configs):
    with pytest.raises(HydraException):
        show_help("probe", ["noise=gausian", "--help"])


@pytest.mark.parametrize("name", DOES)
def test_the_first_part_names_what_a_user_can_do(name):
    lines = head(name).splitlines()
    assert max(map(len, lines)) <= WIDTH
    for word in ("resume=DIR", "--config-dir DIR", "-m ", "--help", "advspace plugins KIND NAME", "docs/"):
        assert any(word in line for line in lines), word
    assert ("report=DIR" in head(name)) == ("plan=true" in head(name)) == (name == "probe")


def test_long_values_and_meanings_are_cut():
    line = setting("model.weights", "w" * 90, "A file. And more.", ">= 1")
    assert line == f"  model.weights={'w' * 25} ...  A file (>= 1)"
    assert len(setting("a", "1", "word " * 40)) <= WIDTH


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("Short. And more.", 20, "Short"),
        ("Long enough here, and then a second clause", 30, "Long enough here ..."),
        ("Long enough here (as in the paper) and so on", 30, "Long enough here ..."),
        ("No, then one clause that does not end", 20, "No, then one ..."),
        ("", 20, ""),
    ],
)
def test_a_meaning_ends_with_a_clause(text, width, cut):
    assert brief(text, width) == cut


def test_what_else_can_be_chosen():
    assert list(choice("noise", "a", "Normal noise.", ["a", "b", "c"])) == [
        f"{'noise=a':33}Normal noise",
        "  also: b, c",
    ]
    assert list(choice("noise", "a", "Normal noise.", ["a"])) == [f"{'noise=a':33}Normal noise"]

"""Which runs belong together, and their curves pooled."""

import pytest
from made_sweep import made_sweep

from advspace.comparison.comparison import read_comparison
from advspace.comparison.grouping import groups, pooled_curves, settings_alone, told_apart


@pytest.fixture
def runs(tmp_path):
    """Runs with tables of known content."""
    return lambda *runs: read_comparison(made_sweep(tmp_path / "sweep", *runs)).finished


def names(group):
    return {line: [run.name for run in members] for line, members in group.lines.items()}


def test_seeds_are_pooled_with_images_as_the_unit(runs):
    """Two seeds of one setting are one line of eight images; the curve is the known one."""
    noises = ({"seed": 0}, {"seed": 1}, {"noise": "empirical"}, {"noise": "empirical", "seed": 1})
    (group,) = groups(runs(*noises), "noise")
    assert group.name == "digits, logistic"
    assert names(group) == {"gaussian": ["0", "1"], "empirical": ["2", "3"]}
    curve = pooled_curves(group.lines["gaussian"])[0]
    assert curve.images == 8
    assert curve.bands["target"].mean.tolist() == [1.0, 0.5, 0.0]
    assert curve.half.scale == 1.0


def test_the_same_image_in_two_runs_weighs_as_one(runs):
    """Runs pooled that share their images: the mean over both, not the first alone."""
    curve = pooled_curves(runs({"noise": "gaussian"}, {"noise": "empirical"}))[0]
    assert (curve.images, len(curve.halves)) == (4, 8)
    assert curve.bands["target"].mean.tolist() == [1.0, 0.625, 0.125]


def test_what_a_plugin_is_called_by_is_said_once(runs):
    """Two architectures of one plugin are two models; another setting of theirs is said beside."""
    nets = [{"model": "timm", "model.architecture": name} for name in ("resnet18", "vgg11")]
    (group,) = groups(runs(*nets), "model")
    assert group.name == "digits, gaussian"
    assert list(group.lines) == ["resnet18", "vgg11"]


def test_other_settings_are_said_by_their_dotted_names(runs):
    stops = [
        {"attack.stop": stop, "noise": noise} for stop in ("tight", "overshoot") for noise in ("gaussian", "uniform")
    ]
    found = groups(runs(*stops), "noise")
    assert [group.name for group in found] == [
        "digits, logistic, attack.stop=tight",
        "digits, logistic, attack.stop=overshoot",
    ]
    assert [list(group.lines) for group in found] == 2 * [["gaussian", "uniform"]]


def test_runs_that_differ_in_seed_and_box_alone_are_one_line(runs):
    (group,) = settings_alone(runs({"box": "clip"}, {"box": "none"}, {"seed": 1}))
    assert group.name == "digits, logistic, gaussian"
    assert names(group) == {"": ["0", "1", "2"]}


def test_runs_are_told_apart_by_what_differs(runs):
    made = runs({"model": "logistic"}, {"model": "convnet"})
    assert told_apart(made) == ["logistic", "convnet"]
    assert told_apart(made[:1]) == [made[0].name]


def test_runs_that_do_not_differ_keep_their_names(runs):
    made = runs({}, {})
    assert told_apart(made) == [run.name for run in made]

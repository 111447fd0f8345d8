"""Every experiment preset: says how it is run, composes, and runs with tiny counts on real data."""

from dataclasses import asdict

import pytest
from conftest import CONF

from advspace.registry.components import Components
from advspace.settings import Settings
from advspace_plugins.attack.lbfgsb_scipy.tabacof2015 import Tabacof2015
from advspace_plugins.model.overfeat.network import DEVIATION

EXPERIMENTS = sorted(path.stem for path in (CONF / "experiment").glob("*.yaml"))
AUTHORS = [f"tabacof2015_mnist_{model}" for model in ("logistic", "convnet")]
IMAGENET = {"tabacof2015_imagenet": "overfeat_like", "imagenet_pretrained": "timm"}
MODELS = IMAGENET | {"lab": "lab", "geometry": "logistic", "photographs": "efficientnet_lite0"}
LADDER = [2.0 ** (k - 5) * 0.9**k for k in range(11)]


@pytest.mark.parametrize("path", sorted(CONF.glob("**/*.yaml")), ids=lambda path: path.stem)
def test_every_file_begins_with_what_it_is_for(path):
    lines = path.read_text().splitlines()
    assert lines[0].startswith("# ")
    if path.parent.name == "experiment":
        assert lines[:2] == ["# @package _global_", f"# python probe.py experiment={path.stem}"]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_presets_compose_and_build(compose_config, name):
    config = compose_config(f"experiment={name}")
    assert Settings.of(config).images > 0
    assert Components.of(config).names["model"] == (MODELS.get(name) or name.rsplit("_", 1)[1])


@pytest.mark.parametrize("name", AUTHORS)
def test_the_authors_settings(compose_config, name):
    """Facts of their published code: 32 x 32 images, 125 of them, 11 x 100 clipped draws with the distortion's mean."""
    config = compose_config(f"experiment={name}")
    parts = Components.of(config)
    assert parts.dataset.shape == (1, 32, 32)
    assert config.images == 125
    assert (config.probe.draws, config.probe.box, config.noise.mean) == (100, "clip", "distortion")
    assert list(config.probe.scales) == pytest.approx(LADDER, rel=1e-6)
    published = Tabacof2015(unit=0.2752, c=0.01, growth=10, resolution=0.1, off_by_one=True, memory=15, evaluations=150)
    assert asdict(parts.attack) == asdict(published)
    assert not parts.stop.moves


def test_the_authors_imagenet_settings(compose_config):
    """OverFeat's fast net at 231 x 231, 5 x 5 x 5 attacks, c in units of the net's deviation."""
    config = compose_config("experiment=tabacof2015_imagenet")
    parts = Components.of(config)
    assert parts.dataset.shape == (3, 231, 231)
    assert len(config.dataset.only) * config.dataset.per_class * config.targets_per_image == 125
    assert config.images == len(config.dataset.only) * config.dataset.per_class
    assert config.attack.unit == pytest.approx(DEVIATION / 255, rel=1e-5)
    assert asdict(parts.attack) == asdict(Tabacof2015(unit=config.attack.unit))
    assert (config.probe.draws, config.probe.box, config.probe.center) == (100, "clip", "both")
    assert config.noise.mean == "distortion"
    assert list(config.probe.scales) == pytest.approx(LADDER, rel=1e-6)


def test_pretrained_is_the_same_experiment_without_the_authors_habits(compose_config):
    ours, theirs = (compose_config(f"experiment={name}") for name in ("imagenet_pretrained", "tabacof2015_imagenet"))
    for name in ("only", "per_class"):
        assert ours.dataset[name] == theirs.dataset[name]
    for name in ("images", "targets_per_image", "target"):
        assert ours[name] == theirs[name]
    assert (ours.noise.mean, ours.probe.box, ours.attack.logit_scale) == ("zero", "both", 10)


@pytest.mark.data
@pytest.mark.parametrize("name", IMAGENET)
def test_the_authors_photographs_are_found(compose_config, real_data, name):
    config = compose_config(f"experiment={name}", f"dataset.root={real_data / 'imagenet_paper25'}")
    dataset = Components.of(config).dataset
    split = dataset.split("test")
    assert len(split) == 25
    folders = sorted({id_.split("/")[0] for id_ in split.ids})
    assert folders == sorted(dataset.only)
    assert all(sum(id_.startswith(folder) for id_ in split.ids) == 5 for folder in folders)


@pytest.mark.data
def test_imagenet_pretrained_runs(run, real_data):
    """Two attacks on one photograph."""
    weights = real_data / "weights" / "mobilenetv2_100.tv_int8deq_in1k.safetensors"
    result = run(
        *("experiment=imagenet_pretrained", f"dataset.root={real_data / 'imagenet_paper25'}"),
        *("model.architecture=mobilenetv2_100", f"model.weights={weights}", "images=1", "targets_per_image=2"),
        *("attack.gradients=40", "probe.draws=2", "probe.scales=[0.125]"),
    )
    assert result.images["success"].all()
    assert result.images["image_id"].nunique() == 1
    assert result.images["target"].nunique() == 2
    assert len(result.probes) == 2 * 2 * 2
    near = result.probes[result.probes["center"] == "adversarial"]
    assert (near["n_target"] == 2).all()


@pytest.mark.data
def test_mnist_logistic_reaches_the_authors_error_and_runs(run, real_data, capsys):
    """At most 8.0 % of the real test images wrong (the authors: 7.5), after two epochs; the preset runs on them."""
    result = run(
        *("experiment=tabacof2015_mnist_logistic", f"dataset.root={real_data / 'mnist'}", "dataset.download=false"),
        *("model.epochs=2", "images=4", "probe.draws=50"),
    )
    error = float(capsys.readouterr().err.split("test error ")[1].split("%")[0])
    assert error <= 8.0
    assert len(result.images) == 4
    assert result.images["success"].all()
    assert set(result.probes["box"]) == {"clip"}

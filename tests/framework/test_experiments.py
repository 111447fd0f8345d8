"""Every experiment preset: says how it is run, composes, and runs with tiny counts on real data."""

import pytest
from conftest import CONF

from advspace.parts import Parts
from advspace.settings import Settings

EXPERIMENTS = sorted(path.stem for path in (CONF / "experiment").glob("*.yaml"))
AUTHORS = [f"tabacof2015_mnist_{model}" for model in ("logistic", "convnet")]


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
    assert Parts.of(config).names["model"] == name.rsplit("_", 1)[1]


@pytest.mark.parametrize("name", AUTHORS)
def test_the_authors_settings(compose_config, name):
    """Facts of their published code: 32 x 32 images, 125 of them, 11 x 100 clipped draws with the distortion's mean."""
    config = compose_config(f"experiment={name}")
    parts = Parts.of(config)
    assert parts.dataset.shape == (1, 32, 32)
    assert config.images == 125
    assert (config.probe.draws, config.probe.box, config.noise.mean) == (100, "clip", "distortion")
    assert list(config.probe.scales) == pytest.approx([2.0 ** (k - 5) * 0.9**k for k in range(11)], rel=1e-6)


@pytest.mark.data
def test_mnist_logistic_reaches_the_authors_error_and_runs(run, real_data, capsys):
    """At most 8.0 % of the real test images wrong (the authors: 7.5), and the preset runs on them."""
    found = run(
        *("experiment=tabacof2015_mnist_logistic", f"dataset.root={real_data / 'mnist'}", "dataset.download=false"),
        *("images=4", "probe.draws=50"),
    )
    error = float(capsys.readouterr().err.split("test error ")[1].split("%")[0])
    assert error <= 8.0
    assert len(found.images) == 4
    assert found.images["success"].all()
    assert set(found.probes["box"]) == {"clip"}

"""The settings of no plugin."""

import pytest

from advspace import AdvspaceError
from advspace.registry.docstring import docstring
from advspace.settings import HARMLESS, ProbeConfig, Settings, TrainConfig, TrainerSettings, plain, ranges

GOOD = {
    "seed": 0,
    "images": 1,
    "targets_per_image": 1,
    "batch_size": 1,
    "draws_per_forward": "auto",
    "precision": "32-true",
    "target": "random",
    "cache": "off",
}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("images", 0, "images must be >= 1, got 0"),
        ("targets_per_image", 0, "targets_per_image must be >= 1, got 0"),
        ("batch_size", -1, "batch_size must be >= 1, got -1"),
        ("draws_per_forward", 0, "draws_per_forward must be >= 1, got 0"),
        ("draws_per_forward", "all", "draws_per_forward must be one of auto, got 'all'"),
        ("precision", "16", "precision must be one of 32-true, bf16-mixed, got '16'"),
    ],
)
def test_refused(name, value, said):
    Settings(**GOOD)
    with pytest.raises(AdvspaceError, match=f"^{said}$"):
        Settings(**GOOD | {name: value})


def test_they_are_the_top_level_of_the_config(compose_config):
    """Also what may change when a run goes on: every such name is one that the command line knows."""
    config = compose_config("images=3", "draws_per_forward=7", "target=2")
    assert Settings.of(config) == Settings(**GOOD | {
        "images": 3, "batch_size": 64, "draws_per_forward": 7, "target": 2, "cache": "cache"
    })  # fmt: skip
    assert set(HARMLESS) <= set(config)


def test_references_are_resolved(compose_config):
    config = compose_config("seed=5", "batch_size=${seed}")
    assert plain(config)["batch_size"] == 5


@pytest.mark.parametrize("schema", [ProbeConfig, TrainConfig, TrainerSettings])
def test_each_has_a_meaning(schema):
    said = {name: text for each in schema.__mro__ for name, text in docstring(each).arguments.items()}
    assert set(said) == set(schema.__dataclass_fields__)


def test_the_meanings_of_the_trainer_are_of_what_the_configs_name(compose_config):
    named = {*compose_config(name="train").trainer, *compose_config("trainer=gpu").trainer}
    assert named == set(TrainerSettings.__dataclass_fields__)


def test_ranges_in_words():
    assert {name: each.words for name, each in ranges(ProbeConfig).items()} == {
        "images": ">= 1",
        "targets_per_image": ">= 1",
        "batch_size": ">= 1",
        "draws_per_forward": "auto or >= 1",
        "precision": "32-true or bf16-mixed",
        "plan": "true, false or <= 0.5",
    }

"""The check of a whole config before any work."""

import pytest
from conftest import CONF
from omegaconf import OmegaConf

from advspace import AdvspaceError
from advspace.errors import PluginError
from advspace.run.checked_config import PROGRAMS, checked
from advspace.settings import plain

EXPERIMENTS = sorted(path.stem for path in (CONF / "experiment").glob("*.yaml"))


@pytest.mark.parametrize(
    ("program", "overrides"),
    [
        ("probe", []),
        ("train", []),
        ("probe", ["attack=foolbox_ddn", "+attack.options.steps=5", "+trainer.max_epochs=3", "analysis=[shares]"]),
        ("probe", ["draws_per_forward=7", "target=three", "tracking=off", "figures.width=3", "objective=[a]"]),
        *(("probe", [f"experiment={name}"]) for name in EXPERIMENTS),
    ],
    ids=str,
)
def test_what_is_right_stays(compose_config, program, overrides):
    config = compose_config(*overrides, name=program)
    assert plain(checked(config, program)) == plain(config)
    assert list(checked(config, program)) == list(config)


def test_every_setting_of_a_program_has_a_type(compose_config):
    for program, schema in PROGRAMS.items():
        assert set(compose_config(name=program)) == set(schema.__dataclass_fields__)


def test_references_become_values(compose_config):
    config = checked(compose_config("batch_size=${images}", "images='7'"))
    assert (config.images, config.batch_size) == (7, 7)
    with pytest.raises(AdvspaceError, match=r"^images cannot be resolved \(Interpolation key 'gone' not found\)"):
        checked(compose_config("images=${gone}"))


def test_what_an_older_config_lacks_stays_absent(compose_config):
    config = OmegaConf.create(plain(compose_config()))
    for name in ("figures", "objective", "analysis"):
        del config[name]
    del config.attack.memory
    assert plain(checked(config)) == plain(config)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": None}, "seed must be a whole number, got null"),
        ({"imagse": 3}, "there is no setting 'imagse'; nearest: images"),
        ({"probe": {"plugin": "ladder", "draws": "many"}}, "probe.draws must be a whole number, got 'many'"),
        ({"probe": {"plugin": "ladder", "drawz": 3}}, "probe 'ladder' has no setting 'drawz'; nearest: draws"),
        ({"noise": 3}, r"noise must be names with values \({name: value}\), got 3"),
        ({"noise": None}, r"a run needs one noise; choose it \(noise=NAME, installed: empirical, gaussian, "),
        ({"noise": {"plugin": 3}}, r"noise must be the name of an installed noise \(empirical, gaussian, "),
        ({"analysis": {"shares": 3}}, r"analysis.shares must be names with values \({name: value}\), got 3"),
        ({"analysis": {"gallery": {"plugin": "gallery", "shown": 1.5}}}, "analysis.gallery.shown must be a whole"),
        (
            {"tracking": {"wandb": {"plugin": "wandb", "projetc": "x"}}},
            "tracking 'wandb' has no setting 'projetc'; nearest: pr",
        ),
        ({"figures": {"width": float("nan")}}, "figures.width must be finite, got nan"),
        ({"trainer": {"devices": float("inf")}}, "trainer.devices must be finite, got inf"),
        ({"images": 0}, "images must be >= 1, got 0"),
        ({"precision": "16"}, "precision must be one of 32-true, bf16-mixed, got '16'"),
        ({"plan": 0.7}, "plan must be true, or half of the wanted interval of a share, <= 0.5; got 0.7"),
        ({"plan": -1}, "plan must be > 0, got -1"),
        ({"trainer": 3}, r"trainer must be names with values \({name: value}\), got 3"),
    ],
)
def test_refused(compose_config, change, said):
    with pytest.raises(AdvspaceError, match=rf"^{said}"):
        checked(OmegaConf.create(plain(compose_config()) | change))


def test_a_plugin_that_is_not_there(compose_config):
    with pytest.raises(PluginError, match="no noise is called 'pink'; "):
        checked(OmegaConf.create(plain(compose_config()) | {"noise": {"plugin": "pink"}}))


def test_a_third_partys_settings_are_those_of_its_constructor(third_party, compose_config):
    third_party("noise", "grain", "from advspace import Noise\nclass Plugin(Noise):\n"
                "    def __init__(self, size: int, kind: str = 'film'): ...\n"
                "    def sample(self, distortion, scale, draws, generator): ...\n")  # fmt: skip
    assert checked(compose_config("noise=grain", "noise.size=3")).noise == {
        "plugin": "grain",
        "size": 3,
        "kind": "film",
    }
    with pytest.raises(AdvspaceError, match=r"^noise 'grain' has no setting 'sise'; nearest: size; it has kind, size$"):
        checked(compose_config("noise=grain", "+noise.sise=3"))

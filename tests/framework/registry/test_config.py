"""A Hydra config for each plugin, from its constructor, and for the presets."""

from copy import deepcopy

import pytest
from conftest import CONF
from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf

from advspace.errors import PluginError
from advspace.registry.config import config_of
from advspace.registry.installed import KINDS, SEVERAL, installed
from advspace.registry.registry import build, load

PRESETS = sorted(path.relative_to(CONF) for kind in KINDS for path in (CONF / kind).glob("*.yaml"))


@pytest.mark.parametrize("preset", PRESETS, ids=str)
def test_preset_composes_and_is_no_plugin(compose_config, preset):
    """A preset that shares a plugin's name would refer to itself."""
    kind, name = str(preset.parent), preset.stem
    assert name not in installed(kind)
    assert build(kind, compose_config(f"{kind}={name}")[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_every_plugin_builds_from_its_own_config(compose_config, kind):
    for name in installed(kind):
        config = compose_config(f"{kind}={name}")[kind]
        config = config[name] if kind in SEVERAL else config
        if missing := [key for key in config if OmegaConf.is_missing(config, key)]:
            with pytest.raises(PluginError, match=rf"'{name}': {missing[0]} must be given \({kind}.{missing[0]}=...\)"):
                build(kind, config)
        else:
            assert isinstance(build(kind, config), load(kind, name))


@pytest.mark.parametrize("signature", ["*args", "**kwargs", "a, /", "a=object()", "a: int = 'x'"])
def test_unconfigurable(signature):
    scope = {}
    exec(f"class Plugin:\n    def __init__(self, {signature}): ...", scope)
    with pytest.raises(PluginError, match="Plugin: a config cannot"):
        config_of("plugin", scope["Plugin"])


@pytest.mark.parametrize("override", ["model.options={pad_type: same}", "model.options.pad_type=same"])
@pytest.mark.parametrize("sign", ["", "+"])
def test_names_with_values_take_any_name(compose_config, override, sign):
    config = compose_config("model=timm", f"{sign}{override}")
    assert config.model.options == {"pad_type": "same"}
    assert compose_config("model=timm").model.options == {}


def test_copies_share_the_store_and_loaded_configs_stay_apart(compose_config):
    """Hydra copies its repository for each group it lists; what it loads for one run must not change the next."""
    compose_config()
    store = ConfigStore.instance()
    assert deepcopy({"store": store})["store"] is store
    store.load("probe/ladder.yaml").node.draws = 7
    assert store.load("probe/ladder.yaml").node.draws == 100
    assert compose_config("probe.draws=8").probe.draws == 8
    assert compose_config().probe.draws == 100

"""The plugins of a run, built from its config."""

import pytest
from omegaconf import OmegaConf

from advspace import Preparation
from advspace.errors import PluginError
from advspace.registry.components import Components, all_analyses, analyses_of, prepared_for, stop_of
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.dataset.digits import Digits
from advspace_plugins.dataset.pictures.folder import Folder
from advspace_plugins.model.logistic import Logistic
from advspace_plugins.model.overfeat.model import OverFeatLike


def test_every_plugin_has_its_settings_its_name_and_its_version(compose_config):
    config = compose_config(
        "noise=uniform", "noise.mean=distortion", "attack.overshoot=0.5", "analysis=[shares,attacks]"
    )
    components = Components.of(config)
    assert components.noise.mean == "distortion"
    assert (components.stop.rule, components.stop.overshoot) == ("overshoot", 0.5)
    assert list(components.analyses) == ["shares", "attacks"]
    assert components.image_columns == {
        **{"dataset": "digits", "model": "logistic", "attack": "lbfgsb"},
        **{f"{kind}_version": "advspace 0.1.0" for kind in ("dataset", "model", "attack")},
    }
    assert set(components.probe_columns) - set(components.image_columns) == {
        *("noise", "probe", "noise_version", "probe_version")
    }


def test_a_setting_that_is_refused_names_its_plugin(compose_config):
    with pytest.raises(PluginError, match=r"^probe 'ladder': draws must be >= 1, got 0$"):
        Components.of(compose_config("probe.draws=0"))


def test_a_stop_rule_that_an_older_config_lacks_is_the_attacks_own():
    assert stop_of(LBFGSB(), OmegaConf.create({"plugin": "lbfgsb"})) == LBFGSB.default_stop
    with pytest.raises(PluginError, match=r"^attack.overshoot must be >= 0, got -1$"):
        stop_of(LBFGSB(), OmegaConf.create({"plugin": "lbfgsb", "overshoot": -1}))


def test_pictures_are_brought_to_what_the_model_sees(tmp_path):
    assert prepared_for(OverFeatLike(), Folder(root=str(tmp_path))).shape == (3, 231, 231)
    digits = Digits()
    assert prepared_for(Logistic(), digits) is digits
    assert OverFeatLike().preparation == Preparation(231, 231, crop=1.0, interpolation="bilinear")


def test_a_config_from_before_there_were_analyses_has_all():
    assert list(analyses_of(OmegaConf.create({"noise": {}}))) == list(all_analyses())
    assert "shares" in all_analyses()
    assert analyses_of(OmegaConf.create({"analysis": {}})) == {}

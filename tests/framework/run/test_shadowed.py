"""Files of the user's that have the name of a config of ours."""

import pytest
from conftest import CONF
from hydra.conf import ConfigSourceInfo
from programs import one_sentence

from advspace import AdvspaceError
from advspace.run.shadowed import refuse_shadowed


@pytest.fixture
def sources(tmp_path):
    """Hydra's config folders of a command with `--config-dir`."""
    folders = (("main", "file", CONF), ("command-line", "file", tmp_path), ("schema", "structured", ""))
    return [ConfigSourceInfo(str(path), schema, provider) for provider, schema, path in folders]


@pytest.mark.parametrize("name", ["trainer/cpu", "attack/foolbox_cw", "noise/gaussian", "hydra/launcher/slurm"])
def test_a_name_of_ours_is_refused(sources, tmp_path, name):
    path = tmp_path / f"{name}.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("")
    with pytest.raises(AdvspaceError, match=f"^--config-dir: advspace has a config {name} of its own; rename {path}$"):
        refuse_shadowed(sources)


def test_names_of_their_own_are_taken(sources, tmp_path):
    (tmp_path / "noise").mkdir()
    (tmp_path / "noise" / "wide.yaml").write_text("")
    (tmp_path / "gaussian.yaml").write_text("")
    refuse_shadowed(sources)
    refuse_shadowed([each for each in sources if each.provider != "command-line"])


def test_on_the_command_line(call, tmp_path):
    (tmp_path / "trainer").mkdir()
    (tmp_path / "trainer" / "cpu.yaml").write_text("max_time: 1\n")
    done = call("probe", "--config-dir", str(tmp_path), "images=1", "tracking=off")
    assert one_sentence(done) == (
        f"error: --config-dir: advspace has a config trainer/cpu of its own; rename {tmp_path}/trainer/cpu.yaml"
    )

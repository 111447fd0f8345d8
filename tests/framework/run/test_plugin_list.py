"""`advspace plugins` as a user reads it."""

import pytest

from advspace import AdvspaceError
from advspace.registry.installed import KINDS, SEVERAL, installed
from advspace.run.plugin_list import WIDTH, show_plugins
from advspace.run.presets import presets


@pytest.fixture
def shown(capsys):
    def lines(*words):
        show_plugins(list(words))
        said = capsys.readouterr().out.splitlines()
        assert max(map(len, said)) <= WIDTH == 100
        return said

    return lines


def test_all_plugins_by_kind(shown):
    said = shown()
    for kind in KINDS:
        heading = said.index(f"{kind} ({kind}={'[NAME]' if kind in SEVERAL else 'NAME'})")
        listed = said[heading + 1 : said.index("", heading)]
        assert [line.split()[0] for line in listed] == [*installed(kind), *presets()[kind]]
    assert said[-1] == "one of them with all its settings: advspace plugins dataset cifar10"


def test_one_kind(shown, third_party):
    third_party("noise", "broken", "import nothing_of_this_name")
    said = shown("noise")
    assert said[2] == "  empirical  advspace           Pixel values of the distortion, drawn with replacement ..."
    assert said[1].startswith("  broken     thirdparty_plugin  broken: noise 'broken' cannot be imported")
    assert not any(line.startswith("model") for line in said)


def test_one_plugin(shown):
    said = shown("noise", "empirical")
    assert said[0].startswith("noise empirical (advspace ")
    assert said[2] == "Pixel values of the distortion, drawn with replacement, centred and scaled."
    assert said[5].startswith("  noise.pool: a text; default all")
    assert said[6].startswith("      `all` draws from the values of all channels together")
    assert any(line.startswith("Source: Tabacof & Valle 2015, arXiv:1510.05328") for line in said)
    assert said[-1] == "Use it: python probe.py noise=empirical"


def test_an_analysis_is_chosen_in_a_list(shown):
    said = shown("analysis", "certificate")
    assert any(line.startswith("  analysis.certificate.alpha: a number; default ") for line in said)
    assert said[-1] == "Use it: python probe.py 'analysis=[certificate]'"


NEEDS = """
from advspace import Noise
class Plugin(Noise):
    def __init__(self, share: float):
        pass
    def sample(self, distortion, scale, draws, generator):
        pass
"""


def test_a_preset_of_an_attack(shown):
    said = shown("attack", "foolbox_cw")
    assert said[0].startswith("attack foolbox_cw (preset, ")
    assert said[2].startswith("The attack of Carlini and Wagner")
    assert "Built on: foolbox; its other settings: advspace plugins attack foolbox" in said
    assert [line for line in said if line.startswith("  attack.")] == [
        "  attack.name=L2CarliniWagnerAttack",
        "  attack.together=true",
        "  attack.options.steps=1000",
    ]
    assert said[-1] == "Use it: python probe.py attack=foolbox_cw"


def test_kinds_that_have_presets_only(shown):
    for kind in ("experiment", "trainer", "hydra/launcher", "hydra/sweeper"):
        listed = [line.split()[0] for line in shown(kind) if line.startswith("  ")]
        assert listed == list(presets()[kind])
        assert listed, kind


def test_what_must_be_given_is_in_the_command(shown, third_party):
    third_party("noise", "needs", NEEDS)
    said = shown("noise", "needs")
    assert "  noise.share: a number; must be given" in said
    assert said[-1] == "Use it: python probe.py noise=needs noise.share=..."
    assert "(its class has no docstring)" in "\n".join(shown("noise"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nois"], "no kind of plugins is called 'nois'; nearest: noise"),
        (["noise", "empiricl"], "no noise is called 'empiricl'; nearest: empirical; installed: "),
        (["experiment", "geometri"], "no experiment is called 'geometri'; nearest: geometry; installed: "),
        (["tracking", "wanb"], "no tracker is called 'wanb'; nearest: wandb; installed: "),
        (["noise", "empirical", "pool"], "plugins takes a kind and a name; remove pool"),
    ],
)
def test_mistakes_are_told_in_one_sentence(words, said):
    with pytest.raises(AdvspaceError, match=f"^{said}"):
        show_plugins(words)

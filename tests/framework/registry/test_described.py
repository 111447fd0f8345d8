"""What users are told about plugins."""

import pytest

from advspace import AdvspaceError
from advspace.registry.described import Described, describe
from advspace.registry.registry import KINDS, installed

THEIRS = '''
from typing import Literal
from advspace import Noise
class Base(Noise):
    """Any noise.

    Args:
        first: Of the base.
        third: Not used.

    Source: A book.
    """
class Plugin(Base):
    """Noise of theirs.

    Args:
        second: Their own.
    """
    def __init__(self, needed: float, first: Literal["a", "b"] = "a", second: tuple[float, ...] = (0.5, 2.0),
                 unsaid: bool = True, none: int | None = None, text: str = ""):
        pass
    def sample(self, distortion, scale, draws, generator):
        pass
'''


def test_every_setting_with_form_default_and_meaning(third_party):
    third_party("noise", "theirs", THEIRS)
    description = describe("noise", "theirs")
    assert description.package == "thirdparty_plugin 1.0"
    assert description.paragraphs == ("Noise of theirs.",)
    assert description.source == "A book."
    assert description.settings == (
        Described("needed", "a number", None, ""),
        Described("first", "one of 'a', 'b'", "a", "Of the base."),
        Described("second", "a list (each: a number)", "[0.5,2.0]", "Their own."),
        Described("unsaid", "true or false", "true", ""),
        Described("none", "a whole number or null", "null", ""),
        Described("text", "a text", "''", ""),
    )


def test_the_stop_rule_is_part_of_each_attack():
    settings = {each.name: each for each in describe("attack", "lbfgsb").settings}
    assert settings["stop"].default == "overshoot"
    assert "`tight`: the boundary on the segment" in settings["stop"].meaning
    assert settings["overshoot"].meaning.startswith("Share of the boundary distance")


@pytest.mark.parametrize("kind", KINDS)
def test_ours_leave_nothing_out(kind):
    """Every plugin has a sentence, and every setting a meaning."""
    ours = [name for name, point in installed(kind).items() if point.dist.name == "advspace"]
    for name in ours:
        description = describe(kind, name)
        assert description.paragraphs, name
        assert [each.name for each in description.settings if not each.meaning] == [], name


def test_an_unknown_plugin():
    with pytest.raises(AdvspaceError, match=r"^no noise is called 'empiricl'; nearest: empirical; installed: "):
        describe("noise", "empiricl")

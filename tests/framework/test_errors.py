"""Mistakes and warnings that are the user's."""

import warnings

import pytest

from advspace.errors import AdvspaceError, AdvspaceWarning, PluginError, warn


def test_the_same_warning_is_told_once():
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("default")
        for text in ("mind this", "mind that", "mind this"):
            warn(text)
    assert [str(warning.message) for warning in said] == ["mind this", "mind that"]
    assert {warning.category for warning in said} == {AdvspaceWarning}


def test_every_mistake_is_a_value_error():
    """An author's constructor may raise either; both are told in a sentence."""
    with pytest.raises(ValueError, match="no noise"):
        raise PluginError("no noise")
    assert issubclass(PluginError, AdvspaceError)

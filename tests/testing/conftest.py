"""How a check is shown to fail."""

import copy

import pytest

from advspace.testing import ContractError


@pytest.fixture
def breaks():
    """The check must refuse the plugin in one sentence that says what is told here."""

    def refused(check, plugin, said, **settings):
        with pytest.raises(ContractError, match=said) as caught:
            check(plugin, **{"installed": False} | settings)
        assert str(caught.value).startswith(f"{check.__name__.removeprefix('check_')} {type(plugin).__name__} must ")
        assert "\n" not in str(caught.value).split(", got ")[0]

    return refused


@pytest.fixture
def tampered():
    """A frozen record with other values, which no type checker sees."""

    def changed(record, **values):
        other = copy.copy(record)
        for name, value in values.items():
            object.__setattr__(other, name, value)
        return other

    return changed

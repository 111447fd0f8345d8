"""A user's function: found, called, and refused in one sentence."""

import pytest

from advspace import AdvspaceError
from advspace_plugins.model.python.function import call, find


@pytest.fixture
def mine(user_module):
    return user_module("of_a_user")


def test_functions_and_classes_beside_the_user(mine):
    assert call("of_a_user:build", find("of_a_user:build"), {"weight": 2.0}).layer.weight[0, 1] == 2
    assert call("of_a_user:Net", find("of_a_user:Net"), {}).layer.weight[0, 1] == 1


def test_functions_of_installed_packages():
    network = call("torch.nn:Linear", find("torch.nn:Linear"), {"in_features": 2, "out_features": 3})
    assert network.weight.shape == (3, 2)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("of_a_user", r"model.path must be package.module:function, got 'of_a_user'$"),
        (":build", r"model.path must be package.module:function, got ':build'$"),
        ("of_a_user:build()", r"model.path must be package.module:function, got 'of_a_user:build\(\)'$"),
        (
            "of_nobody:build",
            r"the module of_nobody cannot be imported \(ModuleNotFoundError: No module named 'of_nobody'\); modules "
            r"are looked for in /",
        ),
        (".relative:build", r"the module .relative cannot be imported \(TypeError: "),
        (
            "of_a_user:bild",
            r"the module of_a_user has no 'bild'; nearest: build; it has Net, build, fails, net, nothing, random$",
        ),
        ("of_a_user:number", r"a function that returns a network, got of_a_user:number, which is of type int; write"),
        ("of_a_user:net", r"a function that returns a network, got of_a_user:net, which is of type Net; write a f"),
    ],
)
def test_no_function(mine, path, said):
    with pytest.raises(AdvspaceError, match=said):
        find(path)


def test_a_module_that_cannot_be_imported(user_module):
    user_module("broken_of_a_user", "import torch\ntorch.nothing_of_this_name")
    said = r"the module broken_of_a_user cannot be imported \(AttributeError: module 'torch' has no attribute 'nothing"
    with pytest.raises(AdvspaceError, match=said):
        find("broken_of_a_user:build")


@pytest.mark.parametrize(
    ("name", "kwargs", "said"),
    [
        ("nothing", {}, r"of_a_user:nothing must return a torch.nn.Module, got NoneType$"),
        (
            "fails",
            {},
            r"of_a_user:fails failed \(OSError: no weights at this address\); mend it or change model.kwargs",
        ),
        ("build", {}, r"build does not take \{\} \(missing a required .*'weight'\); it takes \(\*, weight\)$"),
        ("build", {"wight": 1}, r"build does not take \{'wight': 1\} \(.*\); it takes \(\*, weight\)$"),
        ("build", {"weight": "x"}, r"of_a_user:build failed \(TypeError: .*\); mend it or change model.kwargs$"),
    ],
)
def test_no_network(mine, name, kwargs, said):
    with pytest.raises(AdvspaceError, match=said):
        call(f"of_a_user:{name}", find(f"of_a_user:{name}"), kwargs)

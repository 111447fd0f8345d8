"""Every plugin of ours keeps its contract, by the checks that any author's tests call."""

import pytest

from advspace.testing import check_attack, check_dataset, check_model, check_noise, check_probe
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.attack.lbfgsb_scipy.attack import LBFGSBScipy
from advspace_plugins.attack.lbfgsb_scipy.tabacof2015 import Tabacof2015
from advspace_plugins.attack.linear_exact.attack import LinearExact
from advspace_plugins.dataset.digits import Digits
from advspace_plugins.dataset.idx.mnist import MNIST
from advspace_plugins.dataset.pictures.folder import Folder
from advspace_plugins.dataset.pictures.imagenet import ImageNet
from advspace_plugins.dataset.pictures.photographs import Photographs
from advspace_plugins.model.convnet import ConvNet
from advspace_plugins.model.logistic import Logistic
from advspace_plugins.model.overfeat.model import OverFeatLike
from advspace_plugins.model.pretrained.timm import Timm
from advspace_plugins.model.pretrained.torchvision import TorchVision
from advspace_plugins.noise.empirical import Empirical
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.noise.laplace import Laplace
from advspace_plugins.noise.uniform import Uniform
from advspace_plugins.probe.ladder import Ladder


@pytest.mark.parametrize("mean", ["zero", "distortion"])
@pytest.mark.parametrize("kind", [Gaussian, Uniform, Laplace, Empirical])
def test_noise(kind, mean):
    check_noise(kind(mean=mean))


@pytest.mark.parametrize("mean", ["zero", "distortion"])
def test_noise_per_channel(mean):
    check_noise(Empirical(pool="channel", mean=mean))


@pytest.mark.parametrize("probe", [Ladder(), Ladder(scales=(0.5,), draws=7, center="original", box="none")], ids=str)
def test_probe(probe):
    check_probe(probe)


@pytest.mark.parametrize(
    "attack",
    [LBFGSB(), LBFGSB(quantise="8bit"), LBFGSBScipy(), LinearExact(), Tabacof2015()],
    ids=str,
)
def test_attack(attack):
    check_attack(attack)


@pytest.mark.parametrize(
    ("model", "shape"),
    [
        (Logistic(), (3, 7, 5)),
        (ConvNet(dropout=0.9), (1, 28, 28)),
        (ConvNet(), (3, 22, 40)),
        (OverFeatLike(), (1, 8, 8)),
    ],
    ids=str,
)
def test_model(model, shape):
    check_model(model, shape=shape, classes=6)


def test_model_of_a_library():
    check_model(Timm(architecture="test_resnet", pretrained=False))
    check_model(TorchVision(architecture="squeezenet1_1", pretrained=False), shape=(3, 64, 64), classes=4)


@pytest.mark.parametrize("dataset", [Digits(), Digits(padding=2, only=(3, 8))], ids=str)
def test_dataset(dataset):
    check_dataset(dataset)


def test_dataset_of_pictures(tree):
    check_dataset(ImageNet(root=str(tree)), splits=("test",))
    check_dataset(Folder(root=str(tree), labels="folders", names="folders"), splits=("test",))
    check_dataset(Folder(root=str(tree)), splits=("test",))


def test_dataset_of_packages():
    pytest.importorskip("skimage", reason="the package scikit-image is not installed")
    check_dataset(Photographs(size=32), splits=("test",))


@pytest.mark.data
def test_dataset_of_files(real_data):
    check_dataset(MNIST(root=str(real_data / "mnist"), download=False), splits=("test",))

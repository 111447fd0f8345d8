"""Networks of timm and torchvision: data configs, weights from files, hub or cache, and what is refused."""

import time

import pytest
import timm
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision import models

from advspace import AdvspaceError, Preparation
from advspace.model.contract import freeze
from advspace.model.weights import load_weights, save_weights
from advspace.training.store import ready_network
from advspace_plugins.dataset.digits import Digits
from advspace_plugins.model.normalised import Normalised
from advspace_plugins.model.pretrained.timm import Timm
from advspace_plugins.model.pretrained.torchvision import TorchVision

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # torchvision's documentation
SMALL = {"architecture": "test_resnet", "pretrained": False}  # 0.5 million parameters


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """An empty cache and no network; returns the cache's folder."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    return tmp_path / "hub"


def no_training():
    raise AssertionError("this must not be trained")


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (Timm(architecture="vgg11.tv_in1k"), Preparation(224, 224, 0.875, "bilinear", "center")),
        (Timm(architecture="resnet18.a1_in1k"), Preparation(224, 224, 0.95, "bicubic", "center")),
        (Timm(architecture="overfeat_accurate"), Preparation(221, 221, 1.0, "bilinear", "center")),
        (TorchVision(), Preparation(224, 224, 0.875, "bilinear", "center")),
        (TorchVision(architecture="inception_v3"), Preparation(299, 299, 299 / 342, "bilinear", "center")),
        (TorchVision(architecture="resnet50.IMAGENET1K_V2"), Preparation(224, 224, 224 / 232, "bilinear", "center")),
        (
            Timm(architecture="vgg11.tv_in1k", input_size=(3, 200, 300), crop=1.0, interpolation="bicubic"),
            Preparation(200, 300, 1.0, "bicubic", "center"),
        ),
    ],
    ids=str,
)
def test_preparation_is_that_of_the_data_config(model, expected):
    """Expected from the model cards of timm and torchvision."""
    assert model.preparation == expected


@pytest.mark.parametrize("model", [Timm(architecture="resnet18", pretrained=False), TorchVision(pretrained=False)])
def test_normalisation_is_inside_the_network(model):
    network = freeze(model.network((3, 64, 64), 1000))
    image = torch.rand(2, 3, 64, 64)
    mean, std = torch.tensor(IMAGENET_MEAN)[:, None, None], torch.tensor(IMAGENET_STD)[:, None, None]
    torch.testing.assert_close(network(image), network.network((image - mean) / std))


@pytest.mark.parametrize(
    ("settings", "mean", "std"),
    [
        ({"mean": (0.5,), "std": (0.25,)}, [0.5] * 3, [0.25] * 3),
        ({"mean": (0.1, 0.2, 0.3)}, [0.1, 0.2, 0.3], IMAGENET_STD),
    ],
)
def test_mean_and_std_can_be_set(settings, mean, std):
    network = Timm(architecture="resnet18", pretrained=False, **settings).network((3, 32, 32), 4)
    assert network.mean.flatten().tolist() == pytest.approx(mean)
    assert network.std.flatten().tolist() == pytest.approx(std)


def test_grey_images_get_the_mean_over_channels():
    network = Timm(architecture="resnet18", pretrained=False).network((1, 32, 32), 4)
    assert network.mean.flatten().tolist() == pytest.approx([(0.485 + 0.456 + 0.406) / 3])
    assert network(torch.rand(2, 1, 32, 32)).shape == (2, 4)


@pytest.mark.parametrize(
    "model", [Timm(architecture="mobilenetv2_100", pretrained=False), TorchVision(pretrained=False)]
)
def test_gradient_reaches_the_pixels_and_leaves_them_alone(model):
    """Both nets rectify in place, and squeezenet's logits too: follow the largest."""
    torch.manual_seed(0)
    network = freeze(model.network((3, 64, 64), 10)).double()
    image = torch.rand(1, 3, 64, 64, dtype=torch.float64, requires_grad=True)
    before = image.detach().clone()
    logits = network(image)
    (gradient,) = torch.autograd.grad(logits.max(), image)
    step = 1e-4 * gradient / gradient.norm()
    with torch.no_grad():
        rise = (network(image + step) - network(image - step)).flatten()[logits.argmax()] / 2
    assert torch.equal(image.detach(), before)
    assert rise.item() == pytest.approx((gradient * step).sum().item(), rel=0.01)
    assert rise.item() > 0


def test_files_of_timm_load_and_timm_loads_ours(tmp_path):
    theirs = timm.create_model("test_resnet", num_classes=4).eval()
    torch.save(theirs.state_dict(), tmp_path / "theirs.pth")
    ours = Timm(**SMALL).network((3, 32, 32), 4).eval()
    load_weights(ours, tmp_path / "theirs.pth")
    image = torch.rand(2, 3, 32, 32)
    torch.testing.assert_close(ours.network(image), theirs(image))
    save_weights(Timm(**SMALL).network((3, 32, 32), 4), tmp_path / "ours.safetensors", {})
    timm.create_model("test_resnet", num_classes=4, checkpoint_path=str(tmp_path / "ours.safetensors"))


def test_names_survive_being_part_of_something_larger():
    network = nn.Sequential(nn.Identity(), Normalised(nn.Linear(2, 2), (0.0,), (1.0,)))
    assert set(network.state_dict()) == {"1.weight", "1.bias"}
    other = nn.Sequential(nn.Identity(), Normalised(nn.Linear(2, 2), (0.0,), (1.0,)))
    other.load_state_dict(network.state_dict())
    assert torch.equal(other[1].network.weight, network[1].network.weight)


def test_old_files_without_counters_load(tmp_path):
    network = Timm(**SMALL).network((3, 32, 32), 4)
    state = {name: value for name, value in network.state_dict().items() if "num_batches_tracked" not in name}
    assert len(state) < len(network.state_dict())
    save_file(state, tmp_path / "old.safetensors")
    load_weights(Timm(**SMALL).network((3, 32, 32), 4), tmp_path / "old.safetensors")


def test_a_file_takes_the_place_of_the_hub(tmp_path, hub):
    save_weights(Timm(**SMALL).network((1, 8, 8), 10), tmp_path / "net.safetensors", {})
    model = Timm(architecture="test_resnet", weights=str(tmp_path / "net.safetensors"))
    ready = ready_network(model, Digits(), ("digits", "timm"), tmp_path, no_training)
    assert (ready.source, ready.path) == ("given", tmp_path / "net.safetensors")
    assert not hub.exists()


def test_timm_takes_what_the_cache_holds_without_the_network(hub):
    """The cache as the hub's client lays it out."""
    weights = timm.create_model("test_resnet").state_dict()
    folder = hub / "models--timm--test_resnet.r160_in1k"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("0123abcd")
    (folder / "snapshots" / "0123abcd").mkdir(parents=True)
    save_file(weights, folder / "snapshots" / "0123abcd" / "model.safetensors")
    model = Timm(architecture="test_resnet.r160_in1k")
    assert model.trained
    network = model.network((3, 160, 160), 1000)
    assert all(torch.equal(value, weights[name]) for name, value in network.state_dict().items())


def test_torchvision_takes_what_the_cache_holds_without_the_network(hub, tmp_path, monkeypatch):
    """The file that torchvision would fetch, with its check of the content taken off: ours has random weights."""
    weights = models.squeezenet1_1().state_dict()
    place = tmp_path / "torch" / "hub" / "checkpoints"
    place.mkdir(parents=True)
    torch.save(weights, place / models.SqueezeNet1_1_Weights.DEFAULT.url.rpartition("/")[2])
    network = TorchVision().network((3, 224, 224), 1000)
    assert all(torch.equal(value, weights[name]) for name, value in network.state_dict().items())


THREE_WAYS = (
    r"cannot be fetched \(.*\); connect to the internet once, or give a file \(model.weights=FILE\), or train the "
    r"network \(python train.py ... model.pretrained=false\)$"
)


@pytest.mark.parametrize("offline", [True, False])
def test_no_network_is_said_soon(hub, monkeypatch, offline):
    """Offline by setting, and with nobody at the other end."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", offline)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    waits = []
    monkeypatch.setattr(time, "sleep", waits.append)
    model = Timm(architecture="test_resnet.r160_in1k")
    with pytest.raises(AdvspaceError, match=rf"the weights of test_resnet.r160_in1k are not in {hub} and {THREE_WAYS}"):
        model.network((3, 160, 160), 1000)
    assert sum(waits) < 8  # seconds; the hub's own client would wait for three quarters of a minute


def test_no_network_for_torchvision(hub, monkeypatch):
    url = "http://127.0.0.1:9/squeezenet.pth"
    monkeypatch.setattr("torch.hub.urlopen", lambda request: _open(url))
    with pytest.raises(AdvspaceError, match=rf"the weights of squeezenet1_1 are not in .*checkpoints and {THREE_WAYS}"):
        TorchVision().network((3, 224, 224), 1000)


def _open(url):
    from urllib.request import urlopen

    return urlopen(url, timeout=5)


@pytest.mark.parametrize(
    ("model", "shape", "classes", "said"),
    [
        (Timm(), (3, 224, 224), 10, r"weights of vgg11.tv_in1k have 1000 classes, the dataset has 10; choose a "),
        (TorchVision(), (3, 224, 224), 10, r"weights of squeezenet1_1 have 1000 classes, the dataset has 10"),
        (Timm(), (1, 224, 224), 1000, r"weights of vgg11.tv_in1k are for images of 3 channels, got 1"),
        (TorchVision(pretrained=False), (1, 64, 64), 10, r"takes images of 3 channels, got 1; choose another dataset"),
        (Timm(architecture="overfeat_fast"), (3, 231, 231), 1000, r"overfeat_fast has no weights on the hub; give a "),
        (
            Timm(**SMALL, options={"pad_typo": "same"}),
            (3, 32, 32),
            10,
            r"timm cannot build test_resnet with model.options=\{'pad_typo': 'same'\} \(.*pad_typo.*\); change them",
        ),
        (
            TorchVision(pretrained=False, options={"droop": 0.1}),
            (3, 64, 64),
            10,
            r"torchvision cannot build squeezenet1_1 with model.options=\{'droop': 0.1\} \(.*droop.*\); change them",
        ),
        (Timm(**SMALL, mean=(0.1, 0.2)), (3, 32, 32), 10, r"model.mean must have 1 or 3 numbers, got 2"),
    ],
    ids=str,
)
def test_refused(model, shape, classes, said):
    with pytest.raises(AdvspaceError, match=said):
        model.network(shape, classes)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Timm(architecture="vgg11.tv_in1"), r"timm does not know 'vgg11.tv_in1'; nearest: vgg11.tv_in1k, "),
        (Timm(architecture="resnet81"), r"timm does not know 'resnet81'; nearest: .*resnet"),
        (Timm(architecture="!"), r"timm does not know '!'; no known name is similar"),
        (TorchVision(architecture="squeezenet11"), r"torchvision does not know 'squeezenet11'; nearest: squeezenet1_1"),
        (TorchVision(architecture="resnet50.V3"), r"torchvision does not know 'resnet50.V3'; nearest: .*resnet50"),
        (Timm(interpolation="cubic"), r"interpolation must be one of nearest, bilinear"),
    ],
    ids=str,
)
def test_names_that_are_none(model, said):
    with pytest.raises(AdvspaceError, match=said):
        model.preparation  # noqa: B018 (a property that refuses)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"input_size": (224, 224)}, r"input_size must be channels, height and width, got \[224, 224\]"),
        ({"input_size": (3, 0, 224)}, r"input_size must be >= 1, got 0"),
        ({"std": (0.0,)}, r"std must be > 0, got 0.0"),
        ({"crop": 0.0}, r"crop must be > 0, got 0.0"),
    ],
)
@pytest.mark.parametrize("kind", [Timm, TorchVision])
def test_bad_settings(kind, settings, said):
    with pytest.raises(AdvspaceError, match=said):
        kind(**settings)


FOREIGN = "the weights of another architecture or for another number of classes"


def test_weights_of_another_architecture_or_of_other_classes(tmp_path):
    other = tmp_path / "other.safetensors"
    save_weights(Timm(architecture="test_efficientnet", pretrained=False).network((3, 32, 32), 4), other, {})
    with pytest.raises(AdvspaceError, match=rf"model.weights: .*{FOREIGN}"):
        load_weights(Timm(**SMALL).network((3, 32, 32), 4), other)
    many = tmp_path / "many.safetensors"
    save_weights(Timm(**SMALL).network((3, 32, 32), 1000), many, {})
    said = rf"tensor 'fc.weight' of .* is \[1000, 96\], the model needs \[10, 96\]; .*{FOREIGN}"
    with pytest.raises(AdvspaceError, match=said):
        load_weights(Timm(**SMALL).network((3, 32, 32), 10), many)


@pytest.mark.parametrize(
    ("content", "said"), [(None, "there is no file"), (b"no weights at all", "is damaged or not a weight file")]
)
def test_no_weight_file(tmp_path, content, said):
    path = tmp_path / "net.safetensors"
    if content:
        path.write_bytes(content)
    model = Timm(architecture="test_resnet", weights=str(path))
    with pytest.raises(AdvspaceError, match=f"model.weights: .*{said}"):
        ready_network(model, Digits(), ("digits", "timm"), tmp_path, no_training)

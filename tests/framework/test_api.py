"""The Python door."""

import json

import pandas as pd
import pytest
import torch
from torch import nn

import advspace
from advspace import AdvspaceError
from advspace.errors import AdvspaceWarning
from advspace_plugins.attack.linear_exact.attack import LinearExact
from advspace_plugins.probe.ladder import Ladder

FEW = Ladder(scales=(0.5, 4.0), draws=20)


@pytest.fixture
def network(generator):
    torch.manual_seed(1)
    return nn.Sequential(nn.Flatten(), nn.Linear(16, 3))


@pytest.fixture
def images(generator):
    return torch.rand(6, 1, 4, 4, generator=generator)


def probed(network, images, labels=None, **settings):
    return advspace.probe_images(network, images, labels, **{"probe": FEW, "accelerator": "cpu"} | settings)


def test_tables_images_and_figures(network, images, one_thread):
    result = probed(network, images, attack=LinearExact(), noise="uniform", classes=["cat", "dog", "<b>"])
    assert result.images["image_id"].tolist() == [f"image-{number}" for number in range(6)]
    assert result.images["success"].all()
    assert result.images["label"].tolist() == network(images).argmax(1).tolist()
    assert not result.images["labelled"].any()
    assert set(result.probes["noise"]) == {"uniform"}
    assert set(result.images["attack"]) == {"linear_exact"}
    assert set(result.images["model_version"]) == {"own"}
    assert len(result.probes) == 6 * 2 * 2 * 2
    assert network(result.adversarials).argmax(1).tolist() == result.images["target"].tolist()
    assert (result.adversarials - images).flatten(1).norm(dim=1).tolist() == pytest.approx(result.images["l2"].tolist())
    of_draws = {"flow", "entropy", "half_space", "persistence"}
    assert set(result.figures()) == {"shares", "half_scales", "images", "gallery", "histogram", "norms"} | of_draws
    assert {(curve.center, curve.box) for curve in result.curves} == {
        (center, box) for center in ("adversarial", "original") for box in ("clip", "none")
    }


def test_the_network_stays_as_it_was(network, images):
    network.train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    probed(network, images)
    assert network.training
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_images_that_the_network_gets_wrong_are_passed_over(network, images):
    labels = network(images).argmax(1)
    labels[2] = (labels[2] + 1) % 3
    result = probed(network, images, labels)
    assert result.passed_over == ["image-2"]
    assert len(result.images) == 5
    assert result.images["labelled"].all()


def test_a_directory_has_all_that_a_run_leaves(network, images, tmp_path):
    result = probed(network, images, directory=tmp_path / "run")
    left = {path.name for path in (tmp_path / "run").iterdir()}
    assert {"images.parquet", "probes.parquet", "tensors", "figures", "summary.json", "report.html"} <= left
    assert "own" in (tmp_path / "run" / "report.html").read_text()
    stored = pd.read_parquet(tmp_path / "run" / "probes.parquet")
    assert sorted(stored["noise_l2"]) == sorted(result.probes["noise_l2"])
    with pytest.raises(AdvspaceError, match=r"there is a run in .* already; choose another one, or go on with it"):
        probed(network, images, directory=tmp_path / "run")


def test_a_call_that_was_stopped_is_resumed(network, images, quick_conclusion, tmp_path):
    whole = probed(network, images, directory=tmp_path / "run", batch_size=2)
    parts = sorted((tmp_path / "run" / "images.parquet").glob("part-*"))
    assert len(parts) == 3
    parts[1].unlink()  # as if it had been killed before the second batch was done
    kept = parts[0].stat().st_mtime_ns
    again = probed(network, images, directory=tmp_path / "run", resume=True)
    pd.testing.assert_frame_equal(whole.probes, again.probes)
    pd.testing.assert_frame_equal(whole.images, again.images)
    assert parts[0].stat().st_mtime_ns == kept
    assert torch.equal(whole.adversarials, again.adversarials)


def test_several_targets_of_each_image(network, images):
    result = probed(network, images, targets_per_image=2)
    assert result.images.groupby("image_id")["target"].nunique().tolist() == [2] * 6
    assert (result.images["target"] != result.images["label"]).all()
    assert network(result.adversarials).argmax(1).tolist() == result.images["target"].tolist()
    assert result.summary["findings"]["attacks"]["headline"]["success"]["value"] == 1


def test_the_stop_rule_is_an_argument(network, images, quick_conclusion, tmp_path):
    """For any attack; what is not given is the attack's default, and the run says what it was."""
    given = {"attack": "lbfgsb", "tolerance": 1e-4}
    tight = probed(network, images, **given, stop="tight", directory=tmp_path / "run")
    assert ((tight.images["margin"] > 0) & (tight.images["margin"] <= 1e-4)).all()
    beyond = probed(network, images, **given, overshoot=0.3)
    assert (beyond.images["l2"] / tight.images["l2"]).between(1.05, 1.3 + 1e-3).all()
    settings = json.loads((tmp_path / "run" / "summary.json").read_text())["settings"]["attack"]
    assert (settings["stop"], settings["tolerance"], settings["overshoot"]) == ("tight", 1e-4, 0.05)


def test_two_calls_give_the_same(network, images, one_thread):
    one, other = (probed(network, images, seed=3).probes for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    assert set(probed(network, images, seed=4).probes["noise_l2"]) != set(one["noise_l2"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"images": torch.rand(2, 4, 4)},
            r"must be floats \[image, channel, height, width\], got .*\[2, 4, 4\]",
        ),
        (
            {"images": torch.ones(2, 1, 4, 4, dtype=torch.uint8)},
            "must be floats .*uint8 .*divide whole numbers",
        ),
        ({"images": 255 * torch.ones(2, 1, 4, 4)}, r"pixels in \[0, 1\], got 255 ... 255"),
        ({"images": torch.full((2, 1, 4, 4), torch.nan)}, r"pixels in \[0, 1\]"),
        (
            {"labels": torch.tensor([0, 3])},
            r"number 0 ... 2 for each of 2 images, got int64 \[2\] from 0 to 3",
        ),
        ({"labels": torch.tensor([0])}, r"for each of 2 images, got int64 \[1\]"),
        ({"labels": torch.tensor([0.0, 1.0])}, r"one whole number .* got float32"),
        ({"network": nn.Linear(5, 2)}, r"the network cannot take images of shape \[1, 4, 4\]"),
        ({"network": nn.Flatten(0)}, r"must give logits \[image, class\] of two classes or more, got \[16\]"),
        ({"attack": "lbfgs"}, "no attack is called 'lbfgs'; nearest: lbfgsb, lbfgsb_scipy; installed: adv_lib, "),
        ({"noise": "gauss"}, "no noise is called 'gauss'; nearest: gaussian; installed: empirical, gaussian, "),
        ({"precision": "16"}, "precision must be one of"),
        ({"stop": "early"}, "^stop must be one of given, algorithm1, tight, overshoot, got 'early'$"),
        ({"overshoot": -1.0}, r"^overshoot must be >= 0, got -1.0$"),
        ({"target": "zebra"}, "target must be random"),
    ],
)
def test_refused(network, changed, said):
    given = {"network": network, "images": torch.full((2, 1, 4, 4), 0.5)} | changed
    with pytest.raises(AdvspaceError, match=said):
        probed(**given)


class Normalising(nn.Module):
    """Normalises in place, or not."""

    def __init__(self, layers, inplace):
        super().__init__()
        self.layers = layers
        self.inplace = inplace

    def forward(self, image):
        return self.layers(image.sub_(0.3).div_(0.4) if self.inplace else (image - 0.3) / 0.4)


def test_a_network_that_writes_into_its_input_gives_what_another_gives(network, images, one_thread):
    before = images.clone()
    writing, reading = (probed(Normalising(network, inplace), images) for inplace in (True, False))
    assert torch.equal(images, before)
    pd.testing.assert_frame_equal(writing.images, reading.images)
    pd.testing.assert_frame_equal(writing.probes, reading.probes)


@pytest.mark.parametrize("batch_size", [2, 64])
def test_a_network_that_answers_at_random_is_refused(network, images, batch_size, tmp_path):
    noisy = Noisy(network)
    with pytest.raises(AdvspaceError, match=r"same logits for the same images, got logits up to .* apart"):
        probed(noisy, images, batch_size=batch_size, directory=tmp_path / "run")
    assert not (tmp_path / "run" / "plan.json").exists()


class Noisy(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, image):
        return self.layers(nn.functional.dropout(image, 0.3, training=True))


@pytest.mark.parametrize(
    "form",
    [
        lambda network, images, labels: (network, images.numpy(), labels.numpy().astype("uint16")),
        lambda network, images, labels: (network, list(images), labels.tolist()),
        lambda network, images, labels: (network, images.double(), tuple(labels)),
        lambda network, images, labels: (network, images.mT.contiguous().mT, labels.to(torch.uint8)),
        lambda network, images, labels: (lambda image: network(image), images, labels),
        lambda network, images, labels: (network.double(), images, labels),
    ],
)
def test_forms_of_network_images_and_labels(network, images, form, one_thread):
    """Whatever the default number type is, and in inference mode."""
    labels = network(images).argmax(1)
    expected = probed(network, images, labels)
    torch.set_default_dtype(torch.float64)
    try:
        with torch.inference_mode():
            result = probed(*form(network, images * 1, labels))
    finally:
        torch.set_default_dtype(torch.float32)
    counts = ["forwards", "padding"]  # a function is no network whose layers can fill up few rows
    pd.testing.assert_frame_equal(result.images.drop(columns=counts), expected.images.drop(columns=counts))
    pd.testing.assert_frame_equal(result.probes, expected.probes)


def test_a_dataset_is_images_with_their_labels(network, images, one_thread):
    labels = network(images).argmax(1)
    labels[1] = (labels[1] + 1) % 3
    result = probed(network, torch.utils.data.TensorDataset(images, labels))
    pd.testing.assert_frame_equal(result.images, probed(network, images, labels).images)
    assert result.passed_over == ["image-1"]
    assert len(result.images) == 5


class Root(nn.Module):
    """Gives NaN where an image is darker than it may be."""

    def __init__(self, layers, lowest):
        super().__init__()
        self.layers = layers
        self.lowest = lowest

    def forward(self, image):
        return self.layers(image) + 0 * (image.mean((1, 2, 3)) - self.lowest).sqrt()[:, None]


def test_nan_on_a_probe_costs_one_image(network, images):
    images = torch.cat([images[:5], images[5:] * 0.5])
    with pytest.warns(AdvspaceWarning, match=r"^image image-5 counts as failed: .* scale 4"):
        result = probed(Root(network, 0.12), images, probe=Ladder(scales=(0.001, 4.0), draws=20))
    lost = result.images[~result.images["success"]]
    assert lost["image_id"].tolist() == ["image-5"]
    assert "NaN or infinite logits on a probe around the " in lost["reason"].item()
    assert set(result.probes["image_id"]) == {f"image-{number}" for number in range(5)}
    assert len(result.adversarials) == 5


def test_a_network_without_gradients_is_refused_for_an_attack_that_needs_them(network, images):
    with pytest.raises(AdvspaceError, match=r"^attack 'lbfgsb' needs gradients, and the model gives none"):
        probed(torch.no_grad()(lambda image: network(image)), images)


def test_nothing_heavy_is_loaded_for_plugins():
    with pytest.raises(AttributeError, match="has no attribute 'probe_image'"):
        _ = advspace.probe_image


def test_a_run_is_resumed_with_the_same_images_and_arguments_alone(network, images, tmp_path):
    whole = probed(network, images, directory=tmp_path / "run")
    with pytest.raises(AdvspaceError, match="there is a run in"):
        probed(network, images, directory=tmp_path / "run")
    (part,) = (tmp_path / "run" / "images.parquet").glob("part-*")
    part.unlink()  # as if it had been killed before the end of its only batch
    again = probed(network, images, directory=tmp_path / "run", resume=True, batch_size=2)
    pd.testing.assert_frame_equal(whole.probes, again.probes)
    with pytest.raises(AdvspaceError, match="began with other settings: noise=gaussian, now laplace"):
        probed(network, images, noise="laplace", directory=tmp_path / "run", resume=True)
    with pytest.raises(AdvspaceError, match="began with other settings: images="):
        probed(network, 1 - images, directory=tmp_path / "run", resume=True)
    with pytest.raises(AdvspaceError, match="weights"):
        probed(nn.Sequential(nn.Flatten(), nn.Linear(16, 3)), images, directory=tmp_path / "run", resume=True)

"""Adversarial images that runs share: the same tables, no second attack, and no trust in what a file says."""

import json
import re
import threading

import pandas as pd
import pytest
import torch

from advspace import Adversarial, Attack, Model
from advspace.attack.cache import AdversarialCache
from advspace.errors import AdvspaceWarning
from advspace.model.contract import freeze

WEIGHT = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
"""Two pixels and two more: class 0 where the first is brightest, class 1 the second."""


class Flat(Model):
    def network(self, shape, classes):
        layer = torch.nn.Linear(4, 3, bias=False)
        layer.weight.data = WEIGHT
        return freeze(torch.nn.Sequential(torch.nn.Flatten(), layer))


class Swap(Attack):
    """Exchanges the first two pixels; fails where the third is lit; counts the images."""

    def __init__(self, strength: float = 1.0, depends: object = "settings") -> None:
        self.strength = strength
        self._depends = depends
        self.seen = []

    @property
    def depends_on(self):
        return {"strength": self.strength} if self._depends == "settings" else self._depends

    def __call__(self, model, image, label, target):
        self.seen += label.tolist()
        lit = image[:, 0, 1, 0] > 0
        return Adversarial(
            image=torch.where(lit[:, None, None, None], torch.nan, image.flip(3)),
            success=~lit,
            reason=tuple("a light is on" if on else "" for on in lit.tolist()),
            c=torch.full((len(image),), 0.1),
            margin=torch.full((len(image),), 7.0),
            evaluations=(100 * image[:, 0, 0, 0]).long(),
            extra={"own": image[:, 0, 0, 1] / 3},
        )


IMAGE = torch.tensor([[0.9, 0.1, 0, 0], [0.8, 0.2, 0, 0], [0.7, 0.2, 0.5, 0], [0.6, 0.1, 0, 0]]).reshape(4, 1, 2, 2)
LABEL = torch.zeros(4, dtype=torch.int64)
TARGET = torch.ones(4, dtype=torch.int64)
NETWORK = Flat().network((1, 2, 2), 3)


def shared(folder, attack, network=NETWORK, version="1"):
    return AdversarialCache.of(folder, network, (Flat(), attack), ["flat", "swap", version])


def made(by, attack, rows=slice(None), network=NETWORK):
    return by.adversarials(lambda *batch: attack(network, *batch), network, IMAGE[rows], LABEL[rows], TARGET[rows])


def same(one, other):
    assert one.reason == other.reason
    for name in ("image", "success", "c", "margin", "evaluations", "reached", "survives_8bit"):
        torch.testing.assert_close(getattr(one, name), getattr(other, name), rtol=0, atol=0, equal_nan=True)
    assert {name: values.tolist() for name, values in one.extra.items()} == {
        name: values.tolist() for name, values in other.extra.items()
    }


def test_the_second_time_nothing_is_attacked_and_all_is_the_same(tmp_path):
    first, second, attack = shared(tmp_path, Swap()), shared(tmp_path, Swap()), Swap()
    new = made(first, attack)
    assert new.success.tolist() == [True, True, False, True]
    assert new.reason[2] == "a light is on"
    torch.testing.assert_close(new.margin[:2], torch.tensor([0.8, 0.6]))
    old = made(second, attack)
    same(new, old)
    assert len(attack.seen) == 4
    assert (first.hits, first.made, second.hits, second.made) == (0, 4, 4, 0)


def test_only_what_is_missing_is_attacked_and_rows_keep_their_places(tmp_path):
    attack = Swap()
    by = shared(tmp_path, attack)
    made(by, attack, slice(2, 3))
    whole = made(by, attack)
    assert len(attack.seen) == 4
    assert whole.reason == ("", "", "a light is on", "")
    torch.testing.assert_close(whole.image[3], IMAGE[3].flip(2))


def test_off_keeps_nothing(tmp_path):
    attack = Swap()
    by = shared(None, attack)
    same(made(by, attack), made(by, attack))
    assert len(attack.seen) == 8
    assert (by.hits, by.made) == (0, 8)


@pytest.mark.parametrize("change", ["weights", "settings", "version", "label", "target", "pixels"])
def test_whatever_it_depends_on_makes_it_another(tmp_path, change):
    attack, network = Swap(), Flat().network((1, 2, 2), 3)
    made(shared(tmp_path, attack), attack)
    if change == "weights":
        network[1].weight.data = WEIGHT * 2
    by = shared(tmp_path, Swap(2.0) if change == "settings" else Swap(), network, "2" if change == "version" else "1")
    label = TARGET + 1 if change == "label" else LABEL
    target = TARGET + 1 if change == "target" else TARGET
    image = IMAGE / 2 if change == "pixels" else IMAGE
    by.adversarials(lambda *batch: attack(network, *batch), network, image, label, target)
    assert (by.hits, by.made) == (0, 4)


@pytest.mark.parametrize("depends", [None, {"tensor": torch.zeros(1)}, {"object": object()}])
def test_an_attack_that_cannot_say_what_it_depends_on_is_not_kept(tmp_path, depends):
    attack = Swap(depends=depends)
    made(shared(tmp_path, attack), attack)
    made(shared(tmp_path, attack), attack)
    assert len(attack.seen) == 8
    assert not list(tmp_path.iterdir())


def test_by_default_an_attack_depends_on_its_settings():
    class Plain(Swap):
        depends_on = Attack.depends_on

    assert Plain(0.5).depends_on == {"strength": 0.5, "_depends": "settings", "seen": []}


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "no tensors"])
def test_a_damaged_file_is_made_again(tmp_path, damage):
    attack = Swap()
    new = made(shared(tmp_path, attack), attack)
    path = sorted(tmp_path.rglob("*.safetensors"))[0]
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[-3] ^= 1
    path.write_bytes({"cut": whole[:-5], "empty": b"", "flipped": bytes(flipped), "no tensors": b"\0" * 64}[damage])
    by = shared(tmp_path, attack)
    with pytest.warns(AdvspaceWarning, match=rf"^1 adversarial images in {tmp_path}/adversarials cannot be used \(dam"):
        same(new, made(by, attack))
    assert (by.hits, by.made) == (3, 1)
    again = shared(tmp_path, attack)
    same(new, made(again, attack))
    assert again.hits == 4


def test_files_that_change_places_are_made_again(tmp_path):
    """Each is whole, and its image may even reach the target of the other's."""
    attack = Swap()
    new = made(shared(tmp_path, attack), attack)
    paths = sorted(tmp_path.rglob("*.safetensors"))
    contents = [path.read_bytes() for path in paths]
    for path, content in zip(paths, [*contents[1:], contents[0]], strict=True):
        path.write_bytes(content)
    by = shared(tmp_path, attack)
    with pytest.warns(AdvspaceWarning, match="^4 adversarial images in .* cannot be used"):
        same(new, made(by, attack))
    assert (by.hits, by.made) == (0, 4)


def test_an_image_that_does_not_reach_its_target_is_made_again(tmp_path):
    """Each file is whole and has its own name, but the image in it is another network's."""
    attack, other = Swap(), Flat().network((1, 2, 2), 3)
    other[1].weight.data = WEIGHT[[1, 0, 2]]
    made(shared(tmp_path, attack), attack)
    honest = sorted(tmp_path.rglob("*.safetensors"))
    liar = AdversarialCache(tmp_path / "adversarials", shared(tmp_path, attack).material)
    with pytest.warns(AdvspaceWarning, match="^3 adversarial images in .* cannot be used"):
        new = made(liar, attack, network=other)
    assert sorted(tmp_path.rglob("*.safetensors")) == honest
    assert new.success.sum() == 0
    assert new.reason[0] == "the attack claims success but the model gives class 0"
    assert (liar.hits, liar.made) == (1, 3)


def test_two_that_want_the_same_at_once_attack_once(tmp_path):
    attack, gate = Swap(), threading.Barrier(2)
    both = [shared(tmp_path, attack) for _ in range(2)]
    threads = [threading.Thread(target=lambda by=by: (gate.wait(), made(by, attack))) for by in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((by.hits, by.made) for by in both) == [(0, 4), (4, 0)]


def test_batches_of_other_images_do_not_wait_for_each_other(tmp_path):
    """While one batch is being attacked, another process with another batch gets through."""
    attack, begun, leave = Swap(), threading.Event(), threading.Event()
    by = shared(tmp_path, attack)

    def slow(*batch):
        begun.set()
        assert leave.wait(600)
        return attack(NETWORK, *batch)

    first = threading.Thread(target=lambda: by.adversarials(slow, NETWORK, IMAGE[:2], LABEL[:2], TARGET[:2]))
    first.start()
    assert begun.wait(600)
    made(shared(tmp_path, attack), attack, slice(2, 4))
    leave.set()
    first.join()
    assert len(list(tmp_path.rglob("*.safetensors"))) == 4


def test_runs_that_differ_in_noise_share_their_adversarials(run, own_cache, capsys):
    """Tables of a run from the cache are those of a run without one, whatever the batch size of the first.

    Only `padding` tells of the batches in which the images were made.
    """
    cache = f"cache={own_cache()}"
    few = ("images=5",)
    first = run(*few, "batch_size=2", cache)
    assert re.search("adversarial images: 0 found in .*, 5 attacked now", capsys.readouterr().err)
    second = run(*few, "batch_size=5", "noise=empirical", cache)
    assert re.search("adversarial images: 5 found in .*, 0 attacked now", capsys.readouterr().err)
    alone = run(*few, "noise=empirical")
    ours, theirs, before = (each.images.drop(columns="padding") for each in (second, alone, first))
    pd.testing.assert_frame_equal(ours, theirs)
    pd.testing.assert_frame_equal(ours, before)
    pd.testing.assert_frame_equal(second.probes, alone.probes)
    assert json.loads(json.dumps(second.summary["findings"])) == alone.summary["findings"]


def test_cache_off_shares_nothing(run, capsys):
    result = run("images=1", "probe.draws=1", "model.epochs=1", "cache=off")
    assert not list(result.directory.rglob("adversarials"))
    assert "adversarial images" not in capsys.readouterr().err

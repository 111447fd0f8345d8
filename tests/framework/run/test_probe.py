"""The whole line, small, on real digits."""

import re
import shutil

import pandas as pd
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from advspace import AdvspaceError
from advspace.errors import AdvspaceWarning
from advspace.files.untrusted import read_json
from advspace.model.weights import read_metadata, save_weights
from advspace.records.tables import done_cases, read_tensors
from advspace_plugins.model.logistic import Logistic

IMAGE_COLUMNS = [
    "image_id",
    "dataset",
    "model",
    "attack",
    "label",
    "target",
    "success",
    "reason",
    "c",
    "margin",
    "l2",
    "rms",
    "mean",
    "sd",
    "skewness",
    "excess_kurtosis",
    "evaluations",
    "on_box",
    "dataset_version",
    "model_version",
    "attack_version",
]
PROBE_COLUMNS = [
    "image_id",
    "target",
    "center",
    "box",
    "noise",
    "scale",
    "draws",
    "n_target",
    "n_original",
    "n_other",
    "class_counts",
    "noise_mean",
    "noise_sd",
    "noise_l2",
    "clipped",
    "dataset_version",
    "model_version",
    "attack_version",
    "noise_version",
    "probe_version",
]
COUNTS = ["image_id", "target", "center", "box", "scale", "n_target", "n_original", "n_other"]


def counts(finished):
    table = finished.probes.sort_values(["image_id", "target", "center", "box", "scale"], ignore_index=True)
    return table[COUNTS], [tuple(row) for row in table["class_counts"]]


def same(one, other):
    pd.testing.assert_frame_equal(counts(one)[0], counts(other)[0])
    assert counts(one)[1] == counts(other)[1]
    theirs = dict(read_tensors(other.directory))
    for case, pair in read_tensors(one.directory):
        assert torch.equal(pair["adversarial"], theirs[case]["adversarial"])


def test_a_run_leaves_everything(run):
    result = run(figures=True)
    assert set(IMAGE_COLUMNS) <= set(result.images.columns)
    assert set(PROBE_COLUMNS) <= set(result.probes.columns)
    assert len(result.images) == result.images["success"].sum() == 8
    assert len(result.probes) == 8 * 2 * 2 * 11
    assert (result.probes[["n_target", "n_original", "n_other"]].sum(axis=1) == 40).all()
    assert set(result.images["attack_version"]) == {"advspace 0.1.0"}
    stored = read_json(result.directory / "summary.json")
    assert stored == result.summary
    for name in ("shares", "images", "gallery", "histogram"):
        with Image.open(result.directory / "figures" / f"{name}.png") as picture:
            assert min(picture.size) > 400
        assert "<svg" in (result.directory / "figures" / f"{name}.svg").read_text()
    assert result.images["image_id"][0] in (result.directory / "report.html").read_text()
    (part,) = (result.directory / "tensors").iterdir()
    assert load_file(part)["adversarial"].shape == (8, 1, 8, 8)


def test_only_correctly_classified_images_are_attacked_and_the_rest_named(run):
    result = run("images=60", "probe.draws=1", "probe.scales=[1.0]")
    assert len(result.images) == 60
    assert 0 < len(result.summary["images"]["misclassified"]) < 15
    assert not set(result.summary["images"]["misclassified"]) & set(result.images["image_id"])
    assert (result.images["label"] != result.images["target"]).all()


@pytest.mark.parametrize("cut", [["batch_size=3", "draws_per_forward=16"], ["batch_size=1", "draws_per_forward=1000"]])
@pytest.mark.parametrize("noise", ["gaussian", "empirical"])
def test_batch_and_chunk_change_no_count(run, shared_run, cut, noise):
    same(shared_run(f"noise={noise}"), run(f"noise={noise}", *cut))


def test_company_changes_no_count(shared_run):
    """The first three of eight images get what they would get by themselves."""
    few, many = shared_run("images=3"), shared_run("noise=gaussian")
    kept = many.probes[many.probes["image_id"].isin(few.images["image_id"])]
    same(few, many._replace(probes=kept))


def test_several_targets_per_image(run, shared_run):
    """Nine attacks on three images; the first on each is that of a run with one target, count by count."""
    one, three = shared_run("images=3"), run("images=3", "targets_per_image=3")
    assert three.images["image_id"].tolist() == [id_ for id_ in one.images["image_id"] for _ in range(3)]
    assert not three.images.duplicated(["image_id", "target"]).any()
    assert (three.images["target"] != three.images["label"]).all()
    cases = one.images[["image_id", "target"]]
    same(one, three._replace(probes=three.probes.merge(cases, on=["image_id", "target"])))
    assert (three.probes.groupby(["image_id", "target"]).size() == 2 * 2 * 11).all()
    assert three.summary["images"]["attacked"] == 3
    assert three.summary["images"]["attacks"] == three.summary["images"]["succeeded"] == 9
    shares = three.findings.made["shares"].table
    assert set(zip(shares["images"], shares["attacks"], strict=True)) == {(3, 9)}


def test_attacks_on_one_image_are_probed_with_noise_of_their_own(run):
    """Around one original the realised noise, in units of the distortion's, differs by more than the units do."""
    result = run("images=1", "targets_per_image=2", "probe.scales=[1.0]", "probe.box=none", "probe.center=original")
    both = result.probes.merge(result.images[["image_id", "target", "sd"]], on=["image_id", "target"])
    one, other = both["noise_sd"] / both["sd"]
    assert one != pytest.approx(other, rel=1e-5)
    assert one == pytest.approx(other, rel=0.1)


def test_several_targets_go_on_where_they_stopped(run, tmp_path):
    """Parts of two attacks cut the three attacks on an image apart."""
    several = ("images=3", "targets_per_image=3", "probe.scales=[1.0]")
    whole = run(*several, "batch_size=2")
    directory = shutil.copytree(whole.directory, tmp_path / "broken")
    for position in (2, 6):
        (directory / "images.parquet" / f"part-{position:07d}.parquet").unlink()
    assert len(done_cases(directory)) == 5
    same(whole, run(*several, "batch_size=3", directory=directory))


def test_another_seed_is_another_run(run, shared_run):
    one, other = shared_run("noise=gaussian"), run("seed=1", "probe.draws=1", "probe.scales=[1.0]")
    assert set(one.images["image_id"]) != set(other.images["image_id"])


ONE = ("images=1", "probe.draws=1", "probe.scales=[1.0]")


def test_weights_are_trained_once_and_found_again(run, tmp_path, capsys):
    cache = f"cache={tmp_path}/cache"
    run(*ONE, "model.epochs=3", cache)
    assert "training" in capsys.readouterr().err
    run(*ONE, "model.epochs=3", "noise=uniform", "seed=4", cache)
    assert "weights of logistic: kept in" in capsys.readouterr().err
    run(*ONE, "model.epochs=2", cache)
    assert "training" in capsys.readouterr().err
    says = [read_metadata(path) for path in tmp_path.glob("cache/weights/digits-logistic-*.safetensors")]
    assert {2, 3} == {entry["settings"]["epochs"] for entry in says}
    assert all(0 < entry["report"]["test_error"] < 0.9 for entry in says)


def test_without_a_cache_weights_stay_in_the_run_directory(run, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    result = run(*ONE, "model.epochs=1", "cache=off")
    assert [path.parent for path in tmp_path.rglob("*-logistic-*.safetensors")] == [result.directory / "weights"]
    run(*ONE, "model.epochs=1", "cache=off", directory=result.directory)
    assert "weights of logistic: kept" in capsys.readouterr().err


PLAIN = """
from torch import nn
from advspace import Model
class Plugin(Model):
    epochs = 1
    def __init__(self, hidden: int = 4):
        self.__dict__["hidden"] = hidden
    def network(self, shape, classes):
        return nn.Sequential(nn.Flatten(), nn.Linear(64, self.hidden), nn.Linear(self.hidden, classes))
"""


def test_settings_of_a_plain_class_count_too(run, third_party, tmp_path, capsys):
    third_party("model", "plain", PLAIN)
    for hidden in (4, 5):
        run(*ONE, "model=plain", f"model.hidden={hidden}", f"cache={tmp_path}/cache")
        assert "no weights yet for plain" in capsys.readouterr().err


def test_damaged_kept_weights_are_trained_again(run, tmp_path):
    cache = f"cache={tmp_path}/cache"
    first = run(*ONE, "model.epochs=1", cache)
    (path,) = tmp_path.glob("cache/weights/digits-logistic-*.safetensors")
    path.write_bytes(b"damaged")
    with pytest.warns(
        AdvspaceWarning, match=rf"weights in .*{path.name} cannot be used \(it is damaged\); they are tr"
    ):
        again = run(*ONE, "model.epochs=1", cache)
    pd.testing.assert_frame_equal(first.images, again.images)


def test_given_weights_are_used_and_must_fit(run, capsys):
    run(*ONE, "model.epochs=3")
    path = re.findall(r"weights of logistic: .* in (\S+)", capsys.readouterr().err)[-1]
    result = run(*ONE, "images=2", f"model.weights={path}")
    assert f"weights of logistic: given in {path}" in capsys.readouterr().err
    assert len(result.images) == 2
    with pytest.raises(AdvspaceError, match=r"tensor '2.weight' of .* is \[10, 64\], the model needs \[10, 100\]"):
        run(f"model.weights={path}", "dataset.padding=1")


def test_a_run_goes_on_where_it_stopped(run, tmp_path):
    whole = run("batch_size=2")
    directory = shutil.copytree(whole.directory, tmp_path / "broken")
    for table, suffix in (("images.parquet", "parquet"), ("probes.parquet", "parquet"), ("tensors", "safetensors")):
        (directory / table / f"part-0000004.{suffix}").unlink()
    (directory / "images.parquet" / "part-0000002.parquet").unlink()
    assert len(done_cases(directory)) == 4
    same(whole, run("batch_size=3", directory=directory))


def test_a_run_does_not_go_on_with_other_weights(run, tmp_path):
    given = tmp_path / "given.safetensors"
    for seed in range(2):
        torch.manual_seed(seed)
        save_weights(Logistic().network((1, 8, 8), 10), given, {})
        if seed == 0:
            run(*ONE, f"model.weights={given}", directory=tmp_path / "run")
    with pytest.raises(AdvspaceError, match=r"began with other weights .*give the weights it began with"):
        run(*ONE, f"model.weights={given}", directory=tmp_path / "run")


HALF_FAILS = """
from dataclasses import dataclass, replace
import torch
from advspace import Attack
from advspace_plugins.attack.lbfgsb_scipy.attack import LBFGSBScipy
@dataclass(frozen=True)
class Plugin(Attack):
    def __call__(self, model, image, label, target):
        made = LBFGSBScipy()(model, image, label, target)
        lies = made.image.clone()
        lies[0] = image[0]
        return replace(made, image=lies, success=made.success & (torch.arange(len(image)) != 1),
                       reason=tuple("out of luck" if i == 1 else r for i, r in enumerate(made.reason)))
"""


def test_failed_attacks_are_rows_with_a_reason(run, third_party):
    third_party("attack", "clumsy", HALF_FAILS)
    result = run("attack=clumsy")
    failed = result.images[~result.images["success"]]
    assert len(failed) == 2
    assert failed["reason"].tolist()[1] == "out of luck"
    assert "the attack claims success but the model gives class" in failed["reason"].tolist()[0]
    assert failed["l2"].isna().all()
    assert not set(failed["image_id"]) & set(result.probes["image_id"])
    assert [row["reason"] for row in result.summary["images"]["failed"]] == failed["reason"].tolist()


NEVER = """
import torch
from advspace import Adversarial, Attack
class Plugin(Attack):
    def __call__(self, model, image, label, target):
        n = len(image)
        nan = torch.full((n,), torch.nan)
        return Adversarial(image, torch.zeros(n, dtype=bool), n * ("never tried",), nan, nan, torch.zeros(n, dtype=int))
"""


def test_a_run_without_any_success_ends_in_order(compose_config, store, tmp_path, third_party):
    from advspace.run.probe import objective, run_probe

    third_party("attack", "lazy", NEVER)
    config = compose_config("attack=lazy", "tracking=off", "images=2", f"cache={store}")
    conclusion = run_probe(config, tmp_path, "")
    assert conclusion.summary["images"]["succeeded"] == 0
    assert conclusion.findings.skipped["shares"] == "the run has no probes"
    assert objective(conclusion.findings.headline, list(config.objective)) is None
    assert set(conclusion.findings.headline) == {"success"}
    assert conclusion.findings.headline["success"].value == 0


SMALL_MEMORY = """
from dataclasses import dataclass
import torch
from torch import nn
from advspace import Model
class Net(nn.Module):
    def __init__(self, attacked, probed):
        super().__init__()
        self.layer, self.attacked, self.probed = nn.Linear(64, 10), attacked, probed
        with torch.no_grad():
            self.layer.weight.copy_(torch.randn(10, 64, generator=torch.Generator().manual_seed(0)))
    def forward(self, image):
        most = self.attacked if image.requires_grad else self.probed
        if len(image) > most:
            raise torch.OutOfMemoryError("out of memory")
        return self.layer(image.flatten(1))
@dataclass(frozen=True, kw_only=True)
class Plugin(Model):
    trained = True
    attacked: int = 1000
    probed: int = 1000
    def network(self, shape, classes):
        return Net(self.attacked, self.probed)
"""


def test_with_less_memory_less_is_done_at_once_and_the_same_found(run, third_party, one_thread):
    third_party("model", "big", SMALL_MEMORY)
    whole = run("model=big")
    with pytest.warns(AdvspaceWarning) as said:
        same(whole, run("model=big", "model.attacked=5", "model.probed=15"))
    assert [str(warning.message).split(" need")[0] for warning in said] == [
        "8 rows at once (batch_size)",
        "1000 rows at once (draws_per_forward)",
    ]


def test_with_less_memory_fewer_images_are_selected_at_once(run, third_party, one_thread):
    third_party("model", "big", SMALL_MEMORY)
    whole = run("model=big")
    with pytest.warns(AdvspaceWarning) as said:
        less = run("model=big", "model.probed=4")
    assert str(said[0].message) == "32 rows at once (batch_size) need more memory than there is; going on with 4"
    assert less.images[["image_id", "target"]].equals(whole.images[["image_id", "target"]])


def test_a_model_that_never_fits_is_refused(run, third_party):
    third_party("model", "big", SMALL_MEMORY)
    with pytest.raises(AdvspaceError, match="the memory is too small even for batch_size=1"):
        run("model=big", "model.attacked=0")

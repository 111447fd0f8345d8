"""What becomes of single draws, against counting them one by one; and how it is read back."""

import numpy as np
import pytest
import torch

from advspace import NoiseBlocks
from advspace.errors import AdvspaceWarning
from advspace.probe.draws import joint_counts
from advspace.records.draws import read_joint, read_labels
from advspace.records.rows import ImageRecord, image_row, own_rows, probe_rows
from advspace.records.tables import Part, write_part
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.probe.ladder import Ladder

COLUMNS = {"probe": "ladder", "probe_version": "1"}
BLOCKS = NoiseBlocks((0, "a", "gaussian"))


def written(directory, result):
    """A run of one attack with the result of a probe."""
    tables = own_rows(["a"], [1], [result], COLUMNS)
    image = ImageRecord("a", 0, True, 1, True, True, "", 0.5, 0.5, 7, False, *7 * (0.5,))
    tensors = {name: torch.zeros(1, 1, 4, 4) for name in ("image", "adversarial")}
    write_part(directory, 0, Part([image_row(image, COLUMNS)], probe_rows(result.records, COLUMNS), tensors, tables))
    return directory


def test_joint_counts_are_those_of_counting_pairs():
    kept = np.random.default_rng(0).random((4, 30)) < 0.6
    result = joint_counts(kept)
    for i in range(4):
        for j in range(4):
            assert result[i, j] == sum(kept[i, draw] and kept[j, draw] for draw in range(30))


@pytest.mark.parametrize("per_forward", [7, 1000])
def test_labels_are_the_classes_of_the_points_and_c_counts_them(model, case, tmp_path, per_forward):
    scales, draws = (0.5, 2.0, 8.0), 60
    ladder = Ladder(scales=scales, draws=draws)
    result = ladder(model, case, Gaussian(), NoiseBlocks(BLOCKS.key, per_forward))
    directory = written(tmp_path, result)
    labels, joint = read_labels(directory)["a", 1], read_joint(directory)["a", 1]
    unit = torch.cat([each.unit for _, each, _ in BLOCKS.offsets(Gaussian(), case.distortion, scales, draws)])
    counts = {(row.center, row.box, row.scale): row.class_counts for row in result.records}
    assert len(labels) == len(joint) == 4
    for (center, box), known in labels.items():
        assert known.scales.tolist() == joint[center, box].scales.tolist() == list(scales)
        assert known.shared_draws
        assert joint[center, box].draws == draws
        kept = known.classes == (0 if center == "original" else 1)
        assert joint[center, box].counts.tolist() == (kept.astype(int) @ kept.T.astype(int)).tolist()
        for row, scale in enumerate(scales):
            points = case.center(center) + scale * unit
            expected = model(points.clamp(0, 1) if box == "clip" else points).argmax(1)
            assert known.classes[row].tolist() == expected.tolist()
            assert counts[center, box, scale] == expected.bincount(minlength=3).tolist()


def test_many_classes_take_two_bytes(linear, case, tmp_path):
    model = linear(torch.zeros(300, 16), torch.arange(300.0))
    result = Ladder(scales=(1.0,), draws=3, center="original", box="none")(model, case, Gaussian(), BLOCKS)
    (row,) = result.tables["labels"]
    assert (row["width"], len(row["labels"])) == (2, 6)
    assert read_labels(written(tmp_path, result))["a", 1]["original", "none"].classes.tolist() == [[299] * 3]


def test_draws_of_their_own_have_labels_and_no_joint_counts(model, case, tmp_path):
    result = Ladder(scales=(0.5, 2.0), draws=5, shared_draws=False)(model, case, Gaussian(), BLOCKS)
    assert set(result.tables) == {"labels"}
    directory = written(tmp_path, result)
    assert read_joint(directory) == {}
    assert not read_labels(directory)["a", 1]["original", "clip"].shared_draws


def test_one_scale_has_a_matrix_of_one_number(model, case):
    result = Ladder(scales=(2.0,), draws=9, center="original", box="none")(model, case, Gaussian(), BLOCKS)
    (row,) = result.tables["joint"]
    assert row["joint"] == [result.records[0].n_original]


def test_labels_beyond_the_size_are_left_out_with_a_sentence(model, case):
    few = Ladder(scales=(0.5, 2.0), draws=13, keep_labels=103)
    with pytest.warns(AdvspaceWarning, match="104 for one attack are more than keep_labels=103; set probe.keep_labels"):
        assert set(few(model, case, Gaussian(), BLOCKS).tables) == {"joint"}
    enough, none = (Ladder(scales=(0.5, 2.0), draws=13, keep_labels=most) for most in (104, 0))
    assert set(enough(model, case, Gaussian(), BLOCKS).tables) == {"joint", "labels"}
    assert set(none(model, case, Gaussian(), BLOCKS).tables) == {"joint"}

"""Tables in parts: whole after a kill, whole after a full disk."""

import os
import resource
from dataclasses import replace

import pandas as pd
import pytest
import torch
from pyarrow import ArrowInvalid

from advspace import AdvspaceError, ProbeRecord
from advspace.attack.contract import UNTARGETED
from advspace.records.rows import ImageRecord, image_row, probe_rows
from advspace.records.tables import Part, done_cases, drop_unfinished, read_tables, read_tensors, write_part

COLUMNS = {"noise": "gaussian", "noise_version": "advspace 0.1.0"}


def part(*ids, failed=(), target=1, targeted=True):
    reasons = dict.fromkeys(ids, "") | dict.fromkeys(failed, "no luck")
    images = [
        ImageRecord(id_, 0, True, target, targeted, not reason, reason, 0.5, 0.5, 7, False, *7 * (0.5,))
        for id_, reason in reasons.items()
    ]
    probes = [ProbeRecord(id_, target, "original", "clip", 1.0, 10, 1, 7, 2, [7, 1, 2], *4 * (0.1,)) for id_ in ids]
    tensors = {name: torch.rand(len(ids), 1, 2, 2) for name in ("image", "adversarial")}
    return Part([image_row(row, COLUMNS) for row in images], probe_rows(probes, COLUMNS), tensors)


def test_any_parquet_reader_sees_one_table(tmp_path):
    write_part(tmp_path, 2, part("c"))
    write_part(tmp_path, 0, part("a", failed=["b"]))
    images, probes = read_tables(tmp_path)
    assert images["image_id"].tolist() == ["a", "b", "c"]
    assert probes["image_id"].tolist() == ["a", "c"]
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "images.parquet"), images)
    assert probes.loc[0, "noise"] == "gaussian"
    assert probes.loc[0, "class_counts"].tolist() == [7, 1, 2]
    assert probes.loc[0, "share_original"] == pytest.approx(0.7)
    assert probes.loc[0, "share_original_low"] < 0.7 < probes.loc[0, "share_original_high"]


def test_tensors_belong_to_their_images(tmp_path):
    first = part("a", "c", failed=["b"])
    write_part(tmp_path, 0, first)
    result = dict(read_tensors(tmp_path))
    assert list(result) == [("a", 1), ("c", 1)]
    assert [case for case, _ in read_tensors(tmp_path, [("c", 1), ("b", 1)])] == [("c", 1)]
    assert torch.equal(result["c", 1]["image"], first.tensors["image"][1])


def test_attacks_on_one_image_are_told_apart(tmp_path):
    """The second attack on image a was killed before its images part: its probes alone do not count."""
    for position, target in enumerate((1, 2, 3)):
        write_part(tmp_path, position, part("a", target=target))
    (tmp_path / "images.parquet" / "part-0000001.parquet").unlink()
    assert read_tables(tmp_path)[1]["target"].tolist() == [1, 3]
    drop_unfinished(tmp_path)
    assert list(dict(read_tensors(tmp_path))) == [("a", 1), ("a", 3)]
    assert done_cases(tmp_path) == {("a", 1), ("a", 3)}


def test_an_untargeted_attack_is_done_whichever_class_it_reached(tmp_path):
    write_part(tmp_path, 0, part("a", failed=["b"], target=7, targeted=False))
    assert done_cases(tmp_path) == {("a", UNTARGETED), ("b", UNTARGETED)}


def test_what_a_kill_leaves_is_dropped(tmp_path):
    write_part(tmp_path, 0, part("a"))
    write_part(tmp_path, 1, part("b"))
    (tmp_path / "images.parquet" / "part-0000001.parquet").unlink()
    (tmp_path / "images.parquet" / ".part-0000001.parquet.77.part").write_bytes(b"half")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / ".shares.png.77.part").write_bytes(b"half")
    images, probes = read_tables(tmp_path)
    assert images["image_id"].tolist() == probes["image_id"].tolist() == ["a"]
    drop_unfinished(tmp_path)
    assert done_cases(tmp_path) == {("a", 1)}
    assert sorted(path.name for path in tmp_path.rglob("*part*")) == [
        "part-0000000.json",
        *2 * ["part-0000000.parquet"],
        "part-0000000.safetensors",
    ]


def test_full_disk_leaves_no_half(tmp_path):
    """A limit on the size of files stands in for a full disk: the operating system refuses the write."""
    write_part(tmp_path, 0, part("a"))
    before = sorted(tmp_path.rglob("*"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(AdvspaceError, match=r"cannot write .*part-0000001.*: File too large; raise the limit"):
            write_part(tmp_path, 1, part("b"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert sorted(tmp_path.rglob("*")) == before


def test_images_in_any_order_of_memory(tmp_path):
    first = part("a", "b")
    pixels = torch.rand(2, 2, 2, 3).permute(0, 3, 1, 2)
    write_part(tmp_path, 0, replace(first, tensors={"image": pixels, "adversarial": pixels.flip(0)}))
    assert torch.equal(dict(read_tensors(tmp_path))["b", 1]["image"], pixels[1])


def test_read_only_folder(tmp_path):
    """As an ordinary user, since nothing is read-only to root."""
    write_part(tmp_path, 0, part("a"))
    for folder in (tmp_path / "images.parquet", tmp_path / "probes.parquet", tmp_path / "tensors"):
        folder.chmod(0o555)
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o555)
    before, root = sorted(tmp_path.rglob("*")), os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        with pytest.raises(AdvspaceError, match=r"cannot write .*part-0000001.*: Permission denied; .* another folder"):
            write_part(tmp_path, 1, part("b"))
    finally:
        if root:
            os.seteuid(0)
    assert sorted(tmp_path.rglob("*")) == before


def test_no_tables(tmp_path):
    with pytest.raises(AdvspaceError, match="there are no finished images"):
        read_tables(tmp_path)


def test_no_part_is_read_after_the_last_wanted_attack(tmp_path):
    """The second part is damaged; whoever wants an attack of the first does not meet it."""
    write_part(tmp_path, 0, part("a", "b"))
    write_part(tmp_path, 1, part("c"))
    (tmp_path / "images.parquet" / "part-0000001.parquet").write_bytes(b"damaged")
    assert [case for case, _ in read_tensors(tmp_path, [("b", 1)])] == [("b", 1)]
    assert list(read_tensors(tmp_path, [])) == []
    with pytest.raises(ArrowInvalid):
        list(read_tensors(tmp_path, [("b", 1), ("c", 1)]))

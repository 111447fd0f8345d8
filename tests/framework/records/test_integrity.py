"""Parts that are missing, damaged, copied or foreign are named, and made again."""

import shutil
from pathlib import Path

import pytest
from made_run import made_run
from pyarrow.parquet import ParquetFile

from advspace import AdvspaceError
from advspace.analysis.finished_run import read_run
from advspace.records.integrity import drop, faults, sentence
from advspace.records.rows import probe_rows
from advspace.records.tables import Part, done_cases, read_tables, write_part

PLANNED = {(f"made-{number}", 1) for number in range(4)}


@pytest.fixture
def run(tmp_path):
    return made_run(tmp_path / "run")


def part(run: Path, table: str) -> Path:
    (path,) = (run / table).glob("part-*")
    return path


def test_a_whole_run_has_no_fault(run):
    assert faults(run, PLANNED) == []


def test_failed_attacks_have_neither_probes_nor_tensors(tmp_path):
    run = made_run(tmp_path / "run", failed=[0, 1, 2, 3])
    assert faults(run, PLANNED) == []
    assert faults(made_run(tmp_path / "other", failed=[2]), PLANNED) == []


def remove(path: Path) -> None:
    path.unlink()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


@pytest.mark.parametrize("damage", [remove, truncate])
@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("probes.parquet", "it is missing in probes.parquet, or cannot be read there"),
        ("tensors", "it is missing in tensors, or cannot be read there"),
    ],
)
def test_what_is_missing_or_damaged_is_named(run, table, reason, damage):
    damage(part(run, table))
    (fault,) = faults(run, PLANNED)
    assert str(fault) == f"part-0000000: {reason}"


def test_a_damaged_part_of_the_images_is_named(run):
    truncate(part(run, "images.parquet"))
    (fault,) = faults(run, PLANNED)
    assert fault.reason == "it cannot be read from images.parquet"


def test_a_copied_part_counts_once(run):
    for table in ("images.parquet", "probes.parquet", "tensors"):
        path = part(run, table)
        shutil.copy(path, path.with_stem("part-0000009"))
    (fault,) = faults(run, PLANNED)
    assert str(fault) == "part-0000009: the attack on made-0 is in part-0000000 already"


def test_attacks_that_were_not_planned_are_foreign(run):
    (fault,) = faults(run, PLANNED - {("made-2", 1)})
    assert fault.reason == "the attack on made-2 was not planned"


def test_probes_of_other_attacks_are_no_probes_of_these(run, tmp_path):
    other = made_run(tmp_path / "other", attacks=3)
    shutil.copy(part(other, "probes.parquet"), part(run, "probes.parquet"))
    (fault,) = faults(run, PLANNED)
    assert fault.reason == "probes.parquet has other attacks than images.parquet"


def test_tensors_of_fewer_attacks_are_named(run, tmp_path):
    other = made_run(tmp_path / "other", attacks=3)
    shutil.copy(part(other, "tensors"), part(run, "tensors"))
    assert faults(run, PLANNED)[0].reason == "tensors has 3 attacks of 4"


def test_a_batch_that_is_not_done_is_no_fault(run):
    """Its images part comes last: what is there of it is removed when the run goes on."""
    write_part(run, 7, Part([], probe_rows([], {}), {}))
    part_of_images = run / "images.parquet" / "part-0000007.parquet"
    part_of_images.unlink()
    assert faults(run, PLANNED) == []


def test_dropped_attacks_count_as_not_done(run):
    part(run, "probes.parquet").unlink()
    drop(run, faults(run, PLANNED))
    assert done_cases(run) == set()


def test_a_run_whose_parts_disagree_is_not_read(run):
    """Rather than curves over fewer attacks without a word."""
    part(run, "probes.parquet").unlink()
    with pytest.raises(AdvspaceError, match=r"part-0000000: it is missing in probes.parquet.*python probe.py resume="):
        read_run(run)
    assert len(read_tables(run)[0]) == 4


def test_a_sentence_names_a_few():
    from advspace.records.integrity import Fault

    text = sentence([Fault(f"part-{number}", "gone") for number in range(5)])
    assert text == "part-0: gone; part-1: gone; part-2: gone; and 2 more"


@pytest.mark.parametrize("table", ["images.parquet", "probes.parquet", "tensors"])
def test_one_flipped_bit_is_noticed(run, table):
    """Parquet and safetensors read many of them as other numbers."""
    path = part(run, table)
    for place in range(40, path.stat().st_size, path.stat().st_size // 8):
        content = bytearray(path.read_bytes())
        content[place] ^= 1
        path.write_bytes(content)
        assert [fault.part for fault in faults(run, PLANNED)] == ["part-0000000"], place
        content[place] ^= 1
        path.write_bytes(content)
    assert faults(run, PLANNED) == []


def test_probes_copied_under_a_name_without_images_are_left_out(run):
    _, probes = read_tables(run)
    path = part(run, "probes.parquet")
    shutil.copy(path, path.with_stem("part-0000009"))
    assert read_tables(run)[1].equals(probes)


def test_without_checksums_all_columns_are_read(run):
    """As in a run of an older version: what parquet cannot read is damaged, in whichever column it is."""
    shutil.rmtree(run / "checksums")
    assert faults(run, PLANNED) == []
    path = part(run, "probes.parquet")
    where = ParquetFile(path).metadata.row_group(0).column(4)
    assert where.path_in_schema == "scale"
    content = bytearray(path.read_bytes())
    content[where.data_page_offset : where.data_page_offset + 8] = bytes(range(1, 9))
    path.write_bytes(content)
    (fault,) = faults(run, PLANNED)
    assert fault.reason == "it is missing in probes.parquet, or cannot be read there"

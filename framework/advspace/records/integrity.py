"""Checks that the tables of a run agree with one another and with its plan: each attack once, with all of its rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open

from advspace.attack.contract import UNTARGETED
from advspace.errors import DamagedError
from advspace.files.checksums import changed
from advspace.records.tables import CASE, CaseKey, own_tables
from advspace.run_directory import RunDirectory
from advspace.shapes import Frame

MOST_NAMED = 3
"""Number of faults that a sentence names."""


@dataclass(frozen=True)
class Fault:
    """A part of the tables that cannot be used.

    Args:
        part: Name of the part, such as `part-0000064`.
        reason: Why it cannot be used.
    """

    part: str
    reason: str

    def __str__(self) -> str:
        return f"{self.part}: {self.reason}"


def faults(directory: Path, planned: Collection[CaseKey]) -> list[Fault]:
    """One fault for each part of a run that does not agree with the others; unfinished batches have no fault.

    Args:
        directory: The run directory.
        planned: The attacks of the plan, by image and target.
    """
    run = RunDirectory(directory)
    stems = [path.stem for path in sorted(run.images.glob("part-*.parquet"))]
    beside = [run.probes, *map(run.table, own_tables(directory))]
    seen: dict[CaseKey, str] = {}
    found: list[Fault] = []
    for stem in stems:
        reason = _fault(run, stem, beside, planned, seen)
        found += [Fault(stem, reason)] if reason else []
    return found


def sentence(found: Sequence[Fault]) -> str:
    """The faults in one sentence.

    Args:
        found: At least one fault.
    """
    more = f"; and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return "; ".join(map(str, found[:MOST_NAMED])) + more


def drop(directory: Path, found: Sequence[Fault]) -> None:
    """Remove the parts of the table of images that cannot be used: their attacks count as not done."""
    for fault in found:
        (RunDirectory(directory).images / f"{fault.part}.parquet").unlink(missing_ok=True)


def _fault(
    run: RunDirectory, stem: str, beside: Sequence[Path], planned: Collection[CaseKey], seen: dict[CaseKey, str]
) -> str:
    """Why a part cannot be used; empty if it can be, and then its attacks are added to `seen`."""
    whole = not (run.checksums / f"{stem}.json").exists()
    images = _read(run.images / f"{stem}.parquet", [*CASE, "targeted", "success"], whole=whole)
    if images is None:
        return f"it cannot be read from {run.images.name}"
    wanted = images["target"].where(images["targeted"], UNTARGETED).tolist()
    cases: list[CaseKey] = list(zip(images["image_id"], wanted, strict=True))
    unplanned = next((case for case in cases if case not in planned), None)
    if unplanned is not None:
        return f"the attack on {unplanned[0]} was not planned"
    twice = next((case for case in cases if case in seen or cases.count(case) > 1), None)
    if twice is not None:
        return f"the attack on {twice[0]} is in {seen.get(twice, stem)} already"
    reason = _fault_beside(run, stem, beside, images, whole=whole) or _changed(run, stem)
    if not reason:
        seen.update(dict.fromkeys(cases, stem))
    return reason


def _fault_beside(run: RunDirectory, stem: str, beside: Sequence[Path], images: Frame, *, whole: bool) -> str:
    """Why the probes or tensors of a part cannot be used; empty if they can be.  `whole` is that of `_read`."""
    good = set(images.loc[images["success"], CASE].itertuples(index=False, name=None))
    for folder in beside:
        rows = _read(folder / f"{stem}.parquet", CASE, whole=whole)
        if rows is None and (good or folder == run.probes):
            return f"it is missing in {folder.name}, or cannot be read there"
        known = set() if rows is None else set(rows.drop_duplicates().itertuples(index=False, name=None))
        if known and known != good:
            return f"{folder.name} has other attacks than {run.images.name}"
    if not run.tensors.exists():
        return ""  # removed as a whole, to save space
    count = _tensors(run.tensors / f"{stem}.safetensors")
    if count is None:
        return f"it is missing in {run.tensors.name}, or cannot be read there"
    return "" if count == len(good) else f"{run.tensors.name} has {count} attacks of {len(good)}"


def _changed(run: RunDirectory, stem: str) -> str:
    """Why the files of a part are not those that were written; empty if they are."""
    try:
        names = changed(run.checksums / f"{stem}.json", run.path)
    except DamagedError:
        return f"its checksums in {run.checksums.name} cannot be read"
    if not run.tensors.exists():
        names = [name for name in names if Path(name).parent.name != run.tensors.name]
    return f"{Path(names[0]).parent} has not the content that was written" if names else ""


def _read(path: Path, columns: list[str], *, whole: bool) -> Frame | None:
    """Some columns of a part, without rows if it has none; None if it is missing, damaged, or lacks a column.

    Args:
        path: The part.
        columns: Names of the columns.
        whole: Whether to read the other columns too, because no checksum tells that one of them is damaged.
    """
    import pandas as pd
    import pyarrow.parquet as pq
    from pyarrow import ArrowException

    try:
        with pq.ParquetFile(path) as file:
            names = set(file.schema_arrow.names)
            table = file.read() if whole else file.read([name for name in columns if name in names])
            if not file.metadata.num_rows:
                return pd.DataFrame(columns=columns)
            return table.select(columns).to_pandas() if set(columns) <= names else None
    except (ArrowException, OSError, ValueError):
        return None


def _tensors(path: Path) -> int | None:
    """Number of attacks in a part of the tensors; None if it is missing or damaged."""
    try:
        with safe_open(path, framework="pt") as file:
            counts = {file.get_slice(name).get_shape()[0] for name in file.keys()}  # noqa: SIM118 (it is no dict)
    except (SafetensorError, OSError):
        return None
    return max(counts, default=0) if len(counts) < 2 else None

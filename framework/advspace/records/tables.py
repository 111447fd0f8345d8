"""The two tables of a run, written in parts.

`images.parquet` and `probes.parquet` are folders of parts, which pandas, polars, pyarrow and DuckDB read as one table.
Each part is renamed into place when it is whole, so a killed run leaves whole tables; the images part comes last and
says that the batch is done.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from safetensors.torch import load_file, save

from advspace.attack.contract import UNTARGETED
from advspace.errors import AdvspaceError
from advspace.files import stage_bytes

Row = Mapping[str, Any]
CaseKey = tuple[str, int]
"""What tells attacks apart: the image's id and the target."""
CASE = ["image_id", "target"]
IMAGES, PROBES, TENSORS = "images.parquet", "probes.parquet", "tensors"


@dataclass(frozen=True)
class Part:
    """What one batch adds to a run.

    Args:
        images: One row per attack; `image_id` and `target` say which.
        probes: Rows of the successful ones.
        tensors: `image` and `adversarial` of the successful ones, in the order of `images`.
    """

    images: Sequence[Row]
    probes: Sequence[Row]
    tensors: Mapping[str, torch.Tensor]


def write_part(directory: Path, position: int, part: Part) -> None:
    """Write one batch, whole or not at all.

    Args:
        directory: The run directory.
        position: Place of the batch's first attack among all; names the part and orders the tables.
        part: The batch.

    Raises:
        AdvspaceError: the folder is full or cannot be written; nothing of the part is left behind.
    """
    name = f"part-{position:07d}"
    contents = {
        directory / TENSORS / f"{name}.safetensors": save(dict(part.tensors)),
        directory / PROBES / f"{name}.parquet": _parquet(part.probes),
        directory / IMAGES / f"{name}.parquet": _parquet(part.images),
    }
    staged: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            staged[path] = stage_bytes(path, content)
    except AdvspaceError:
        for beside in staged.values():
            beside.unlink(missing_ok=True)
        raise
    for path, beside in staged.items():
        beside.replace(path)


def read_tables(directory: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The images and the probes of a run, whole or under way; probes of a batch that is not done are left out.

    Raises:
        AdvspaceError: there is no table in `directory`.
    """
    images = _read(directory, IMAGES)
    if images.empty:
        raise AdvspaceError(f"there are no finished images in {directory}; a run directory holds {IMAGES}")
    probes = _read(directory, PROBES)
    if not probes.empty:
        done = pd.MultiIndex.from_frame(images[CASE])
        probes = probes[pd.MultiIndex.from_frame(probes[CASE]).isin(done)].reset_index(drop=True)
    return images, probes


def done_cases(directory: Path) -> set[CaseKey]:
    """The attacks that a run has finished, by image and by the target that was wanted."""
    images = _read(directory, IMAGES)
    if images.empty:
        return set()
    wanted = images["target"].where(images["targeted"], UNTARGETED)
    return set(zip(images["image_id"], wanted.tolist(), strict=True))


def read_tensors(directory: Path) -> dict[CaseKey, dict[str, torch.Tensor]]:
    """Image and adversarial of each successful attack, by image and by the target that was reached."""
    return dict(stored_tensors(directory))


def stored_tensors(directory: Path) -> Iterator[tuple[CaseKey, dict[str, torch.Tensor]]]:
    """The same one after the other, with no more than one part in memory; a batch that is not done is left out."""
    for part in _parts(directory / TENSORS, "safetensors"):
        table = directory / IMAGES / f"{part.stem}.parquet"
        if not table.exists():
            continue
        stored = load_file(part)
        rows = pd.read_parquet(table, columns=[*CASE, "success"])
        cases = rows.loc[rows["success"], CASE].itertuples(index=False, name=None)
        for position, case in enumerate(cases):
            yield case, {name: stored[name][position] for name in stored}


def drop_unfinished(directory: Path) -> None:
    """Remove what a killed run left of its last batch: hidden halves, and parts without their images."""
    for table in (IMAGES, PROBES, TENSORS):
        for half in (directory / table).glob(".*.part"):
            half.unlink()
    finished = {part.stem for part in _parts(directory / IMAGES, "parquet")}
    for part in [*_parts(directory / PROBES, "parquet"), *_parts(directory / TENSORS, "safetensors")]:
        if part.stem not in finished:
            part.unlink()


def _parquet(rows: Sequence[Row]) -> bytes:
    names = dict.fromkeys(name for row in rows for name in row)
    sink = pa.BufferOutputStream()
    try:
        columns = {name: pa.array([row.get(name) for row in rows]) for name in names}
    except pa.ArrowException as error:  # our own columns fit
        raise AdvspaceError(f"an extra column must hold text or numbers, all of one type ({error})") from error
    pq.write_table(pa.table(columns), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _read(directory: Path, table: str) -> pd.DataFrame:
    frames = [pd.read_parquet(part) for part in _parts(directory / table, "parquet")]
    frames = [frame for frame in frames if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _parts(folder: Path, suffix: str) -> list[Path]:
    return sorted(folder.glob(f"part-*.{suffix}"))

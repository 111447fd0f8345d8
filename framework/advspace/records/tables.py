"""The tables of a run, written in parts.

`images.parquet`, `probes.parquet` and the probe's own `probes/<name>.parquet` are folders of parts, which pandas,
polars, pyarrow and DuckDB read as one table.  Each part is written beside its path and then renamed, so a killed run
leaves readable tables.  The images part is renamed last: it marks the batch as done.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save

from advspace.attack.contract import UNTARGETED
from advspace.errors import AdvspaceError, DamagedError
from advspace.files.atomic import TEMPORARY, no_temporary_files, stage_bytes
from advspace.files.checksums import noted
from advspace.pasted import resume_command
from advspace.probe.contract import Row
from advspace.records.rows import Columns
from advspace.run_directory import RunDirectory
from advspace.shapes import Frame

CaseKey = tuple[str, int]
"""Key of an attack: the image's id and the target."""
CASE = ["image_id", "target"]
Pair = dict[str, torch.Tensor]
"""`image` and `adversarial` of one attack."""


@dataclass(frozen=True)
class Part:
    """The results of one batch.

    Args:
        images: One row per attack; `image_id` and `target` identify it.
        probes: Columns of the rows of the successful attacks.
        tensors: `image` and `adversarial` of the successful attacks, in the order of `images`.
        tables: Rows of the probe's own tables, by name.
    """

    images: Sequence[Row]
    probes: Columns
    tensors: Mapping[str, torch.Tensor]
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)


def write_part(directory: Path, position: int, part: Part) -> None:
    """Write one batch atomically.

    Args:
        directory: The run directory.
        position: Index of the batch's first attack among all attacks; it names the part and orders the tables.
        part: The batch.

    Raises:
        AdvspaceError: the disk is full or the folder cannot be written; no file of the part remains.
    """
    name, run = f"part-{position:07d}", RunDirectory(directory)
    own = {run.table(table) / f"{name}.parquet": _parquet(_columns(rows)) for table, rows in part.tables.items()}
    contents = own | {
        run.tensors / f"{name}.safetensors": save({key: tensor.contiguous() for key, tensor in part.tensors.items()}),
        run.probes / f"{name}.parquet": _parquet(part.probes),
        run.images / f"{name}.parquet": _parquet(_columns(part.images)),
    }
    note = noted({path.relative_to(directory).as_posix(): content for path, content in contents.items()})
    contents = {run.checksums / f"{name}.json": note} | contents
    with no_temporary_files(contents):
        staged = {path: stage_bytes(path, content) for path, content in contents.items()}
        for path, beside in staged.items():
            beside.replace(path)


def read_tables(directory: Path) -> tuple[Frame, Frame]:
    """The images and the probes of a run, finished or not, without the probes of unfinished batches.

    Raises:
        AdvspaceError: there is no table in `directory`.
    """
    run = RunDirectory(directory)
    images = _read(run.images)
    if images.empty:
        raise AdvspaceError(f"there are no finished images in {directory}; a run directory holds {run.images.name}")
    return images, _of_done(_read(run.probes, _finished(run)), images)


def read_own_table(directory: Path, name: str, images: Frame) -> Frame:
    """A table of the probe's own, of a run finished or not; empty if there is none.

    Args:
        directory: The run directory.
        name: Name of the table.
        images: The table of images; rows of other attacks are left out.
    """
    run = RunDirectory(directory)
    return _of_done(_read(run.table(name), _finished(run)), images)


def own_tables(directory: Path) -> list[str]:
    """Names of the probe's own tables."""
    return sorted(path.stem for path in RunDirectory(directory).own_tables.glob("*.parquet"))


def done_cases(directory: Path) -> set[CaseKey]:
    """The attacks that a run has finished, by image and by target class of the plan."""
    images = _read(RunDirectory(directory).images, columns=[*CASE, "targeted"])
    if images.empty:
        return set()
    wanted = images["target"].where(images["targeted"], UNTARGETED)
    return set(zip(images["image_id"], wanted.tolist(), strict=True))


def read_tensors(directory: Path, wanted: Collection[CaseKey] | None = None) -> Iterator[tuple[CaseKey, Pair]]:
    """Image and adversarial of each successful attack, by image and by the class reached.

    At most one part is in memory at a time, as long as its tensors are not kept.  Unfinished batches are left out.  No
    part is read after the last wanted attack.

    Args:
        directory: The run directory.
        wanted: The attacks to read; None for all.
    """
    run = RunDirectory(directory)
    left = None if wanted is None else set(wanted)
    for part in _parts(run.tensors, "safetensors"):
        if left is not None and not left:
            return
        table = run.images / f"{part.stem}.parquet"
        if not table.exists():
            continue
        cases = _successes(table)
        chosen = [row for row, case in enumerate(cases) if left is None or case in left]
        if not chosen:
            continue
        with safe_open(part, framework="pt") as file:
            names = list(file.keys())
            slices = {name: file.get_slice(name) for name in names}
            for row in chosen:
                yield cases[row], {name: slices[name][row : row + 1][0] for name in names}
        if left is not None:
            left.difference_update(cases)


def drop_unfinished(directory: Path) -> None:
    """Remove the unfinished batch of a killed run: temporary files, and parts without an images part."""
    run = RunDirectory(directory)
    own = [run.table(name) for name in own_tables(directory)]
    shown = (run.path, run.config.parent, run.analysis, run.attack_estimates, run.figures)
    for folder in (run.images, run.probes, run.tensors, run.checksums, *own, *shown):
        for beside in folder.glob(TEMPORARY):
            beside.unlink()
    finished = _finished(run)
    tables = [part for folder in (run.probes, *own) for part in _parts(folder, "parquet")]
    for part in [*tables, *_parts(run.tensors, "safetensors"), *_parts(run.checksums, "json")]:
        if part.stem not in finished:
            part.unlink()


def _of_done(table: Frame, images: Frame) -> Frame:
    """The rows of attacks that are in the table of images."""
    import pandas as pd

    if table.empty:
        return table
    done = pd.MultiIndex.from_frame(images[CASE])
    return table[pd.MultiIndex.from_frame(table[CASE]).isin(done)].reset_index(drop=True)


def _columns(rows: Sequence[Row]) -> Columns:
    """Rows by column; None where a row lacks one."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _parquet(table: Columns) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    try:
        columns = {name: pa.array(values) for name, values in table.items()}
    except pa.ArrowException as error:  # only additional columns can fail
        raise AdvspaceError(f"an extra column must hold text or numbers, all of one type ({error})") from error
    pq.write_table(pa.table(columns), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _successes(path: Path) -> list[CaseKey]:
    """The successful attacks of a part of the table of images, in its order; pandas would take ten times as long."""
    import pyarrow.parquet as pq

    ids, targets, success = (column.to_pylist() for column in pq.read_table(path, columns=[*CASE, "success"]).columns)
    return [case for case, good in zip(zip(ids, targets, strict=True), success, strict=True) if good]


def _finished(run: RunDirectory) -> set[str]:
    """Names of the parts of finished batches."""
    return {part.stem for part in _parts(run.images, "parquet")}


def _read(folder: Path, wanted: Collection[str] | None = None, columns: list[str] | None = None) -> Frame:
    """A table of parts; of those with a wanted name, if some are wanted, and some columns or all."""
    import pandas as pd

    parts = [part for part in _parts(folder, "parquet") if wanted is None or part.stem in wanted]
    frames = [_read_part(part, columns) for part in parts]
    frames = [frame for frame in frames if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _read_part(path: Path, columns: list[str] | None = None) -> Frame:
    import pandas as pd
    from pyarrow import ArrowException

    try:
        return pd.read_parquet(path, columns=columns)
    except (ArrowException, OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        run = path.parent.parent.parent if path.parent.parent.name == "probes" else path.parent.parent
        raise DamagedError(f"{path} cannot be read ({reason}); make it again: {resume_command(run)}") from error


def _parts(folder: Path, suffix: str) -> list[Path]:
    return sorted(folder.glob(f"part-*.{suffix}"))

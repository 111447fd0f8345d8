"""Read an offline wandb run back: protobuf records in LevelDB's log format, after a header of seven bytes.

wandb has no public reader of its own files; the format is that of LevelDB's write-ahead log: blocks of 32 KiB, each
chunk with checksum, length and type (1 whole, 2 first, 3 middle, 4 last).
"""

import json
import struct
import time
from pathlib import Path

from wandb.proto import wandb_internal_pb2

HEADER, BLOCK, CHUNK = 7, 32 * 1024, 7
PATIENCE = 6000


def records(path: Path):
    """Every record of a `.wandb` file, once the last is there: wandb's service writes after `finish` has returned."""
    for _ in range(PATIENCE):
        result = list(_records(path.read_bytes()))
        if result and result[-1].WhichOneof("record_type") == "exit":
            return result
        time.sleep(0.1)
    raise AssertionError(f"wandb has not ended {path}")


def _records(content: bytes):
    offset, pending = HEADER, b""
    while offset + CHUNK <= len(content):
        left = BLOCK - offset % BLOCK
        if left < CHUNK:
            offset += left
            continue
        _, length, kind = struct.unpack("<IHB", content[offset : offset + CHUNK])
        pending += content[offset + CHUNK : offset + CHUNK + length]
        offset += CHUNK + length
        if kind in (1, 4):
            yield wandb_internal_pb2.Record.FromString(pending)
            pending = b""


def read_offline_run(directory: Path):
    """Config, history rows and summary of the offline run below a directory."""
    (path,) = directory.rglob("run-*.wandb")
    config, history, summary = {}, [], {}
    for record in records(path):
        config |= _values(record.run.config.update) | _values(record.config.update)
        summary |= _values(record.summary.update)
        if record.history.item:
            history.append(_values(record.history.item))
    return config, history, summary


def _values(items):
    return {item.key or ".".join(item.nested_key): json.loads(item.value_json) for item in items}

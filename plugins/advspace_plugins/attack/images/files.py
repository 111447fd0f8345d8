"""Read images of the user: a folder of lossless pictures, a `.npy`, a `.safetensors` or a folder of these."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from advspace import AdvspaceError
from advspace.box import GREY_LEVELS, HIGH, LOW
from advspace.pictures.exact import read_exact
from advspace.pictures.left_out import by_suffix, say_left_out
from advspace.pictures.limit import check_together
from advspace.pictures.open import PictureError, values_of
from advspace.shapes import Images, Shape

SUFFIXES = frozenset((".bmp", ".pbm", ".pfm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff"))
BEYOND = 0.5
"""If floats are farther outside the box than this, all are on another scale; else single images are at fault."""


@dataclass(frozen=True)
class Stack:
    """Images of one size, with channels first, last or none.

    Args:
        setting: The setting that named them, such as `attack.adversarials`.
        source: The file or folder that was read.
        pixel: float32, `[image, ...]`; the box is [0, 1].
        names: Names of picture files, below their folder and without suffix; none for arrays.
    """

    setting: str
    source: Path
    pixel: Tensor
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.pixel)

    def arranged(self, shape: Shape) -> Images:
        """The images with channels first, like those of the run.

        Args:
            shape: Channels, height and width of the run's images.

        Raises:
            AdvspaceError: the sizes differ, or these are coloured and the run's are grey.
        """
        channels, height, width = shape
        size = tuple(self.pixel.shape[1:])
        if size == shape:
            return self.pixel
        if size == (height, width):
            return self.pixel[:, None].expand(-1, channels, -1, -1)
        if size == (height, width, channels):
            return self.pixel.permute(0, 3, 1, 2).contiguous()
        if size == (height, width, 3) and channels == 1 and bool((self.pixel == self.pixel[..., :1]).all()):
            return self.pixel[..., 0][:, None]
        raise AdvspaceError(
            f"{self.setting}: {self.source} holds images of {_text(size)}, the run's are {_text(shape)} (channels, "
            "height, width); give them in that size, channels first or last"
        )


def read_stack(setting: str, location: str, key: str) -> Stack:
    """Read images.

    Args:
        setting: The setting that named them.
        location: The folder or file.
        key: Name of the tensor in a `.safetensors`; if it holds only one tensor, the name does not matter.

    Raises:
        AdvspaceError: there is no such file or folder, its kind is unknown, or its numbers are not pixels.
    """
    path = Path(location).expanduser()
    if path.is_dir():
        parts = sorted(path.glob("*.safetensors"))
        if parts:
            return Stack(
                setting, path, torch.cat([_scaled(setting, part, _tensor(setting, part, key)) for part in parts])
            )
        return _folder(setting, path)
    if not path.is_file():
        raise AdvspaceError(f"{setting}: there is no file or folder {path}; name the one that holds the images")
    if path.suffix == ".npy":
        return Stack(setting, path, _scaled(setting, path, _array(setting, path)))
    if path.suffix == ".safetensors":
        return Stack(setting, path, _scaled(setting, path, _tensor(setting, path, key)))
    raise AdvspaceError(
        f"{setting} must be a folder of pictures, a .npy or a .safetensors, got {path}; save its array as a .npy"
    )


def holds(location: str, key: str) -> bool:
    """Whether a `.safetensors`, or a folder of them, has a tensor called `key`."""
    from safetensors import SafetensorError, safe_open

    path = Path(location).expanduser()
    parts = sorted(path.glob("*.safetensors")) if path.is_dir() else [path] if path.suffix == ".safetensors" else []
    try:
        for part in parts:
            with safe_open(part, "pt") as file:
                if key not in file.keys():  # noqa: SIM118 (not a mapping)
                    return False
    except (OSError, SafetensorError):
        return False
    return bool(parts)


def _tensor(setting: str, path: Path, key: str) -> Tensor:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        stored = load_file(path)
    except (OSError, SafetensorError) as error:
        raise AdvspaceError(f"{setting}: {path} is not a complete .safetensors ({error}); save it again") from error
    if key not in stored and len(stored) != 1:
        raise AdvspaceError(
            f"{setting}: {path} must hold a tensor '{key}', it holds {', '.join(sorted(stored)) or 'none'}"
        )
    return stored.get(key, next(iter(stored.values())))


def _array(setting: str, path: Path) -> Tensor:
    try:
        stored = np.lib.format.open_memmap(path, mode="r")  # takes no memory, and knows whether the file is complete
        return torch.from_numpy(np.array(stored, stored.dtype.newbyteorder("="), order="C"))
    except Exception as error:  # numpy's reader raises anything on damaged files
        raise AdvspaceError(f"{setting}: {path} is not a complete .npy of numbers ({error}); save it again") from error


def _scaled(setting: str, source: Path, pixel: Tensor) -> Tensor:
    """Grey levels or floats as float32; some floats may be outside the box or not finite."""
    if pixel.ndim not in (3, 4) or not len(pixel):
        raise AdvspaceError(
            f"{setting}: {source} must hold images [number, height, width] or with channels, got {list(pixel.shape)}"
        )
    if pixel.dtype == torch.uint8:
        return pixel.float() / GREY_LEVELS
    if pixel.is_floating_point() and _in_box(pixel):
        return pixel.float()
    real = pixel if pixel.is_floating_point() else pixel.abs().double() if pixel.is_complex() else pixel.double()
    numbers = real[torch.isfinite(real)]
    low, high = (numbers.min().item(), numbers.max().item()) if len(numbers) else (LOW, HIGH)
    if not pixel.is_floating_point() or low < LOW - BEYOND or high > HIGH + BEYOND:
        kind = str(pixel.dtype).removeprefix("torch.")
        raise AdvspaceError(
            f"{setting}: pixels must be floats in [0, 1] or uint8 in 0 ... 255, got {kind} in {low:g} ... {high:g} in "
            f"{source}; scale them or save them as uint8"
        )
    return pixel.float()


def _in_box(pixel: Tensor) -> bool:
    low, high = pixel.aminmax()  # takes no memory; NaN if one is
    return bool((low >= LOW) & (high <= HIGH))


def _folder(setting: str, folder: Path) -> Stack:
    files, names = _picture_files(setting, folder)
    try:
        _check_memory(setting, folder, files)
        pictures = [_scaled(setting, path, torch.from_numpy(read_exact(path))[None]) for path in files]
    except PictureError as error:
        raise AdvspaceError(f"{setting}: {error}; save it again, as PNG or .npy") from error
    sizes = {tuple(picture.shape[1:3]): path for picture, path in zip(pictures[::-1], files[::-1], strict=True)}
    if len(sizes) > 1:
        text = " and ".join(f"{path.name} {_text(size)}" for size, path in list(sizes.items())[-2:])
        raise AdvspaceError(f"{setting}: the pictures in {folder} must be of one size, got {text}")
    if any(picture.ndim == 4 for picture in pictures):
        pictures = [p[..., None].expand(*p.shape, 3) if p.ndim == 3 else p for p in pictures]
    return Stack(setting, folder, torch.cat(pictures), tuple(names))


def _check_memory(setting: str, folder: Path, files: list[Path]) -> None:
    needed = torch.float32.itemsize * sum(values_of(path) for path in files)
    try:
        check_together(needed, sum(path.stat().st_size for path in files))
    except ValueError as error:
        raise AdvspaceError(f"{setting}: the pictures in {folder} are too large together: {error}") from error


def _picture_files(setting: str, folder: Path) -> tuple[list[Path], list[str]]:
    """The pictures in a folder by their suffix, and their names without it; hidden files are left out."""
    everything = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    files, others = by_suffix(sorted(everything), SUFFIXES)
    if not files:
        raise AdvspaceError(
            f"{setting}: there is no lossless picture in {folder} ({', '.join(sorted(SUFFIXES))}; a JPEG is not the "
            "image that was attacked), nor a .safetensors"
        )
    say_left_out(setting, folder, others, SUFFIXES)
    names = [path.relative_to(folder).with_suffix("").as_posix() for path in files]
    twice = next((name for name, number in Counter(names).items() if number > 1), None)
    if twice is not None:
        raise AdvspaceError(f"{setting}: two pictures in {folder} are called '{twice}'; remove one")
    return files, names


def _text(size: tuple[int, ...]) -> str:
    return " x ".join(map(str, size))

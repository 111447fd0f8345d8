"""Pictures in the page: digits are exact, photographs are reduced."""

import re
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
import torch
from made_run import made_run
from PIL import Image

from advspace.records.tables import read_tensors
from advspace.report.pictures import pictures


def decoded(uri):
    kind, content = re.fullmatch(r"data:image/(\w+);base64,(.*)", uri).groups()
    return kind, Image.open(BytesIO(b64decode(content)))


def test_pictures_of_digits_are_exact(tmp_path):
    (_, pair), *_ = read_tensors(made_run(tmp_path / "run", shape=(1, 8, 8)))
    result = pictures(pair)
    for uri, image in ((result.original, pair["image"]), (result.adversarial, pair["adversarial"])):
        kind, picture = decoded(uri)
        assert kind == "png"
        assert np.abs(np.asarray(picture) / 255 - image[0].clamp(0, 1).numpy()).max() <= 0.5 / 255 + 1e-6
    assert result.pixelated
    assert (result.width, result.height) == (80, 80)
    distortion = np.asarray(decoded(result.distortion)[1]) / 255
    difference = (pair["adversarial"] - pair["image"])[0].numpy()
    assert np.abs(distortion - 0.5 - result.gain * difference).max() <= 0.5 / 255 + 1e-6
    assert np.abs(distortion - 0.5).max() == pytest.approx(0.5, abs=0.01)


def test_pictures_of_photographs_are_reduced():
    colour = torch.tensor([0.8, 0.4, 0.1]).reshape(3, 1, 1).expand(3, 120, 240)
    result = pictures({"image": colour, "adversarial": colour + 0.01})
    kind, picture = decoded(result.original)
    assert (kind, picture.size, picture.mode) == ("webp", (112, 56), "RGB")
    assert np.abs(np.asarray(picture) / 255 - colour[:, 0, 0].numpy()).max() < 0.03
    assert not result.pixelated
    assert (result.width, result.height) == (84, 42)

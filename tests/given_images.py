"""Adversarials that a user has, written and looked up."""

import numpy as np
import torch
from PIL import Image

from advspace import UNTARGETED
from advspace.attack.verify import verified


def levels(images):
    return (images * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()


def pictures(folder, images, names, suffix=".png"):
    for name, picture in zip(names, levels(images), strict=True):
        path = folder / f"{name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture).save(path)
    return str(folder)


def npy(path, array):
    np.save(path, np.asarray(array))
    return str(path)


def looked_up(attack, model, images, target=UNTARGETED):
    label, targets = torch.zeros(len(images), dtype=torch.int64), torch.full((len(images),), target)
    return verified(attack(model, images, label, targets), model, label, targets)

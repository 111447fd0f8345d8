"""Models that attacks fail on, and the closest adversarial of a linear one."""

import numpy as np
import torch
from scipy.optimize import brentq
from torch import nn


def two_class_optimum(weight, image, needed):
    """Least D with weight . D >= needed and image + D in the box: clip(a weight) for the right a (exact)."""

    def step(a):
        return np.clip(image + a * weight, 0, 1) - image

    return step(brentq(lambda a: step(a) @ weight - needed, 0, 1e4, xtol=1e-14))


class Unreachable(nn.Module):
    """Gives class 1 nowhere, though its gradient points somewhere."""

    def forward(self, image):
        score = image.flatten(1).mean(1)
        return torch.stack([score * 0 + 1, -1 + 0.1 * torch.tanh(score)], 1)


class NaNOnTheWay(nn.Module):
    def forward(self, image):
        score = image.flatten(1).mean(1)
        return torch.stack([1 - score, torch.where(score > 0.6, torch.nan, score)], 1)


class Flat(nn.Module):
    def forward(self, image):
        return torch.stack([torch.ones(len(image)), torch.zeros(len(image))], 1).to(image) + 0 * image.sum()

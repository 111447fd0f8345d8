"""Whose adversarials they are: originals to half a grey level, and what does not fit together."""

import pytest
import torch
from given_images import looked_up, npy, pictures
from safetensors.torch import save_file

from advspace import AdvspaceError
from advspace_plugins.attack.images.attack import GivenImages


def test_originals_equal_to_half_a_grey_level(tmp_path, generator, model):
    """Images that are not of grey levels, and their rounded pictures; a grey level more is another image."""
    images = 0.1 + 0.5 * torch.rand(6, 1, 4, 5, generator=generator)
    images[:, 0, 0, 0] = 0.2
    adversarials = images.clone()
    adversarials[:, 0, 0, 0] = 0.8
    names = [str(number) for number in range(6)]
    shifted = images.clone()
    shifted[3, 0, 2, 2] += 1 / 255
    attack = GivenImages(pictures(tmp_path / "made", adversarials, names), pictures(tmp_path / "clean", shifted, names))
    made = looked_up(attack, model(images), images)
    assert made.success.tolist() == [True, True, True, False, True, True]
    assert made.reason[3] == f"no original in {tmp_path / 'clean'} is this image (to half a grey level)"
    assert made.image[3].isnan().all()


def test_images_and_originals_that_do_not_match(tmp_path, grey):
    images, adversarials = grey
    made = npy(tmp_path / "made.npy", adversarials)
    clean = pictures(tmp_path / "clean", images, "abcdef")
    other = pictures(tmp_path / "other", adversarials, "abcdex")
    mixed = tmp_path / "mixed.safetensors"
    save_file({"x": images, "y": adversarials}, mixed)
    for adversarial, original, said in (
        (made, None, "attack.originals must be given: .*made.npy does not say what the adversarials were made from"),
        (
            made,
            npy(tmp_path / "few.npy", images[:5]),
            "attack.originals: 6 adversarials but 5 originals; give one for each",
        ),
        (
            made,
            npy(tmp_path / "small.npy", images[..., 1:]),
            r"adversarials are \[1, 4, 5\], originals \[1, 4, 4\]; give both in one size",
        ),
        (made, clean, "attack.originals and attack.adversarials must both be folders of pictures, or neither"),
        (
            other,
            clean,
            "attack.adversarials: picture 'x' has no counterpart of that name in .*clean; add it, or remove",
        ),
        (
            pictures(tmp_path / "part", adversarials[:5], "abcde"),
            clean,
            "attack.originals: picture 'f' has no counterpart of that name in .*part",
        ),
        (
            made,
            npy(tmp_path / "shuffled.npy", images.roll(1, 0)),
            r"attack.originals: \d of 6 adversarials are no nearer to their own original than to others; give both in "
            "the same order",
        ),
        (made, str(mixed), "attack.originals: .*mixed.safetensors must hold a tensor 'image', it holds x, y"),
    ):
        with pytest.raises(AdvspaceError, match=said):
            GivenImages(adversarial, original)


@pytest.mark.parametrize("size", [(3, 4, 5), (1, 5, 4)])
def test_images_of_another_size_than_the_runs(tmp_path, grey, model, size, generator):
    _, adversarials = grey
    attack = GivenImages(npy(tmp_path / "a.npy", adversarials), npy(tmp_path / "b.npy", grey[0]))
    images = torch.rand(2, *size, generator=generator)
    run = " x ".join(map(str, size))
    with pytest.raises(
        AdvspaceError, match=rf"attack.adversarials: .* holds images of 1 x 4 x 5, the run's are {run} "
    ):
        looked_up(attack, model(images), images)

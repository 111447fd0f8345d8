"""As many images at once as memory allows."""

import torch

from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.attack.lbfgsb.sub_batches import bytes_each, sub_batches


def test_parcels_that_fit_in_memory_change_nothing(batch, one_thread):
    model, images, label, target = batch
    each = bytes_each(images, 15) / 2**30
    assert [part.stop - part.start for part in sub_batches(images, 15, 7.5 * each)] == [7, 7, 7, 7]
    assert len(sub_batches(images, 15, each / 2)) == 24
    whole = LBFGSB()(model, images, label, target)
    apart = LBFGSB(memory_gib=7.5 * each)(model, images, label, target)
    assert torch.equal(apart.image, whole.image)

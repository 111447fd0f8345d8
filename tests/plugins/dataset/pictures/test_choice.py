"""A choice among many pictures."""

from advspace_plugins.dataset.pictures.imagenet import ImageNet


def test_choice_is_nested_and_seeded(tree, plant):
    def ids(**choice):
        return ImageNet(root=str(tree), **choice).split("test").ids

    assert [id_.split("/")[0] for id_ in ids(per_class=1)] == ["n02119789", "n02667093", "n07753592"]
    assert set(ids(limit=4)) < set(ids(limit=7)) < set(ids())
    assert set(ids(per_class=2)) < set(ids(per_class=3))
    assert len({tuple(ids(per_class=1, choice_seed=seed)) for seed in range(9)}) > 1
    before = set(ids(per_class=2))
    plant(tree, {"n02119789/picture_9.png": "red"})
    assert len(before - set(ids(per_class=2))) <= 1

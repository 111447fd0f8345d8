"""A result is kept for the same arguments, and computed again after any change."""

import torch

from advspace.of_last import of_last


def test_a_result_is_computed_again_when_an_argument_changes():
    calls = []

    @of_last
    def total(image, name, scale):
        calls.append(name)
        return float(image.sum()) * scale

    image = torch.ones(3)
    assert [total(image, "a", 2.0) for _ in range(3)] == [6.0] * 3
    assert calls == ["a"]
    image[0] = 4.0
    assert total(image, "a", 2.0) == 12.0
    assert total(image, "b", 2.0) == 12.0
    assert total(image.clone(), "b", 2.0) == 12.0
    assert total(image, "b", 1.0) == 6.0
    assert calls == ["a", "a", "b", "b", "b"]


def test_numbers_of_other_types_are_others():
    @of_last
    def kind(value):
        return type(value)

    assert [kind(1), kind(1.0), kind(True)] == [int, float, bool]


def test_nothing_is_kept_for_tensors_without_a_count_of_changes():
    @of_last
    def first(image):
        return float(image[0])

    with torch.inference_mode():
        image = torch.ones(2)
        assert first(image) == 1.0
        image[0] = 5.0
        assert first(image) == 5.0

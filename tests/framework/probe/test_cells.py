"""Cells in groups that see the same noise images."""

import torch

from advspace.probe.cells import Cell, by_scale

ONE, OTHER = torch.zeros(1, 2, 2), torch.ones(1, 2, 2)


def cell(number, box, scale, around=ONE):
    return Cell(number, "center", box, scale, around, {})


def numbers(groups):
    return {scale: [[cell.number for cell in group] for group in each] for scale, each in groups.items()}


def test_cells_of_one_scale_and_center_make_a_group_and_those_that_clip_are_last():
    cells = [cell(0, "clip", 2.0), cell(1, "none", 2.0), cell(2, "none", 0.5), cell(3, "clip", 2.0, OTHER)]
    result = numbers(by_scale(cells, 4))
    assert result == {2.0: [[1, 0], [3]], 0.5: [[2]]}
    assert list(result) == [2.0, 0.5]


def test_a_group_has_no_more_cells_than_there_is_room_for():
    cells = [cell(number, box, 1.0) for number, box in enumerate(("clip", "none", "own"))]
    assert numbers(by_scale(cells, 2)) == {1.0: [[1, 2], [0]]}
    assert numbers(by_scale(cells, 1)) == {1.0: [[1], [2], [0]]}

"""What a stopped training needs to go on."""

import torch

from advspace.training.checkpoints import RandomState, checkpoints, damaged_checkpoint, last_checkpoint


def test_random_numbers_go_on_where_they_were():
    order = torch.Generator().manual_seed(3)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        state = RandomState(order).state_dict()
        expected = torch.rand(4, generator=order), torch.rand(4)
        torch.manual_seed(77)
        other = torch.Generator().manual_seed(99)
        RandomState(other).load_state_dict(state)
        assert torch.equal(torch.rand(4, generator=other), expected[0])
        assert torch.equal(torch.rand(4), expected[1])


def test_only_a_training_that_can_go_on_keeps_its_last_epoch(tmp_path):
    resumable, once = (checkpoints(tmp_path, resumable=each) for each in (True, False))
    assert (resumable.save_last, resumable.save_weights_only) == (True, False)
    assert (once.save_last, once.save_weights_only) == (False, True)
    assert {(each.monitor, each.mode, each.save_top_k) for each in (resumable, once)} == {("validation_loss", "min", 1)}


def test_the_last_checkpoint_is_that_of_a_stopped_training(tmp_path):
    assert last_checkpoint(tmp_path) is None
    (tmp_path / "last.ckpt").write_bytes(b"")
    assert last_checkpoint(tmp_path) == str(tmp_path / "last.ckpt")


def stored(epoch, best):
    return {"epoch": epoch, "global_step": 10 * epoch, "callbacks": {"keep": {"best_model_path": str(best)}}}


def test_damaged_renamed_and_lost_checkpoints_are_found(tmp_path):
    best, last = tmp_path / "epoch=2-step=20.ckpt", tmp_path / "last.ckpt"
    for epoch, path in ((2, best), (3, last)):
        torch.save(stored(epoch, best) | {"weights": torch.zeros(500)}, path)
    assert damaged_checkpoint(tmp_path) is None
    content = last.read_bytes()
    last.write_bytes(content.replace(bytes(100), bytes(99) + b"1", 1))
    assert torch.load(last, weights_only=True)["weights"].any()  # torch does not notice
    assert damaged_checkpoint(tmp_path) == last
    last.write_bytes(best.read_bytes())
    best.write_bytes(content)
    assert damaged_checkpoint(tmp_path) == best
    best.unlink()
    assert damaged_checkpoint(tmp_path) == last

"""Faults of plugins in a run: named, with their cause; what was done is kept, and the way to go on is told."""

import pytest

from advspace.errors import PluginError
from advspace.records.tables import done_cases

NOISE = """
from advspace import Noise
calls = []
class Plugin(Noise):
    def sample(self, distortion, scale, draws, generator):
        calls.append(scale)
        if len(calls) > 40:
            raise KeyError("sigma")
        return scale * distortion.new_ones(draws, *distortion.shape)
"""
MODEL = """
import torch
from advspace import Model
class Net(torch.nn.Flatten):
    def forward(self, image):
        BODY
class Plugin(Model):
    trained = True
    def network(self, shape, classes):
        return Net()
"""


def test_what_was_done_before_a_fault_is_kept(run, third_party, tmp_path, capsys):
    third_party("noise", "coin", NOISE, package="their_noise")
    with pytest.raises(PluginError) as caught:
        run("noise=coin", "batch_size=1", directory=tmp_path / "run")
    assert str(caught.value) == (
        "noise 'coin' of their_noise 1.0 failed (KeyError: 'sigma'; HYDRA_FULL_ERROR=1 shows where); "
        "advspace.testing.check_noise tests it"
    )
    assert isinstance(caught.value.__cause__, KeyError)
    done = len(done_cases(tmp_path / "run"))
    assert 0 < done < 8
    assert f"stopped: {done} of 8 attacks are done; go on with: python probe.py resume=..." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "return super().forward(image)[:, :7]",
            r"must give logits \[3, 10\], got \[3, 7\]; choose a model of .* 10 classes",
        ),
        ("return {'logits': super().forward(image)}", "must give logits as a tensor, got dict; advspace"),
        ("return self.table[image]", r"cannot take .* \('Net' object has no attribute 'table'\)"),
        ("raise RuntimeError('28 x 28')", r"cannot take images of shape \[1, 8, 8\] \(28 x 28\)"),
    ],
)
def test_a_network_that_does_not_work_is_its_models_fault(run, third_party, tmp_path, body, said):
    third_party("model", "broken", MODEL.replace("BODY", body), package="their_model")
    with pytest.raises(PluginError, match=said) as caught:
        run("model=broken", directory=tmp_path / "run")
    assert "model 'broken' of their_model 1.0" in str(caught.value)

"""Lightning without what it does not need, and everything as it always is for whoever needs more."""

import subprocess
import sys

import pytest

LEAN = """
from advspace.run.lightning_import import import_lightning
import_lightning()
import pytorch_lightning as pl
import sys
loaded = {"scipy", "torch._dynamo", "torchmetrics.functional", "torchvision"} & {*sys.modules}
assert not loaded, loaded
"""
OTHERS_FIRST = """
import torchmetrics, torchvision
from advspace.run.lightning_import import import_lightning
import_lightning()
import pytorch_lightning as pl
"""
CHANGED = """
import sys
class Moved:
    def find_spec(self, name, path=None, target=None):
        if name == "torchmetrics.collections":
            sys.meta_path.remove(self)
            raise ImportError("another release keeps it elsewhere")
sys.meta_path.insert(0, Moved())
from advspace.run.lightning_import import import_lightning
import_lightning()
import pytorch_lightning as pl
assert "torchmetrics.functional" in sys.modules
"""
COMPILES = """
import torch
from pytorch_lightning.utilities.compile import from_compiled
compiled = torch.compile(pl.LightningModule())
assert from_compiled(compiled)._compiler_ctx["compiler"] == "dynamo"
"""
LOGS_A_METRIC = """
import torch
from torchmetrics.classification import BinaryAccuracy
import torchmetrics, torchvision

class Module(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
        self.accuracy = torchmetrics.Accuracy(task="binary")
    def training_step(self, batch, index):
        answer = self.layer(batch)
        self.accuracy(torch.ones(4), torch.tensor([1, 0, 1, 1]))
        self.log("accuracy", self.accuracy, on_epoch=True)
        return answer.sum()
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)

module = Module()
assert isinstance(module.accuracy, BinaryAccuracy | torchmetrics.Metric)
settings = {"accelerator": "cpu", "logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
trainer = pl.Trainer(**settings, max_epochs=1, enable_model_summary=False)
trainer.fit(module, torch.utils.data.DataLoader(torch.ones(4, 1), batch_size=4))
print(float(trainer.callback_metrics["accuracy"]), len(torchmetrics.__all__) > 50, type(torchmetrics).__name__)
"""


@pytest.mark.slow
@pytest.mark.parametrize("start", [LEAN + COMPILES, OTHERS_FIRST, CHANGED], ids=["lean", "others first", "changed"])
def test_torchmetrics_and_torch_compile_work_as_ever(start):
    """Whoever came first, and where another release of torchmetrics allows nothing but the plain import."""
    done = subprocess.run([sys.executable, "-c", start + LOGS_A_METRIC], capture_output=True, text=True, check=False)
    assert done.stdout == "0.75 True module\n", done.stderr

"""OverFeat, the paper's deep network.

`model=overfeat_like` is its fast net on photographs.  Both nets are also models of timm, `overfeat_fast` and
`overfeat_accurate`: `model=timm model.architecture=overfeat_fast` in a run, and elsewhere
`timm.create_model("overfeat_fast")` after `import advspace_plugins.model.overfeat.timm_models`.
"""

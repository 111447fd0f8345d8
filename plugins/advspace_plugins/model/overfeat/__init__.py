"""OverFeat, the paper's deep network.

`model=overfeat_like` is its fast network on photographs.  Both networks are also models of timm, `overfeat_fast` and
`overfeat_accurate`.  In a run: `model=timm model.architecture=overfeat_fast`.  Elsewhere:
`timm.create_model("overfeat_fast")` after `import advspace_plugins.model.overfeat.timm_models`.
"""

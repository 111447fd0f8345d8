"""What adv_lib hands back where it fails, and its options."""

from advspace.attack.verify import verified
from advspace.registry.registry import build
from advspace_plugins.attack.libraries.adv_lib import AdvLib


def one_and_only(reasons):
    assert len(set(reasons)) == 1
    return reasons[0]


def test_adv_lib_hands_over_the_clean_image(plane):
    model, images, label, _ = plane
    attack = AdvLib(name="ddn", options={"steps": 1})
    made = verified(attack(model, images, label, 1 - label), model, label, 1 - label)
    assert one_and_only(made.reason) == "the clean image was handed over"


def test_options_are_set_on_the_command_line(compose_config, plane):
    model, images, label, _ = plane
    config = compose_config("attack=adv_lib", "attack.name=ddn", "+attack.options.gamma=0.2", "+attack.options.steps=9")
    attack = build("attack", config.attack)
    assert attack.options == {"gamma": 0.2, "steps": 9}
    assert (attack(model, images, label, 1 - label).evaluations == 9).all()

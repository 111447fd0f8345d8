"""What a run makes of images: attacked, moved to where the stop rule says, and measured."""

from advspace import Problem
from advspace.attack.stop_stage import stopped
from advspace.attack.verify import verified


def attacked(attack, model, image, label, target, **rule):
    """The verified result of attack and stage; `rule` is the attack's default but for what is given."""
    made = verified(attack(model, image, label, target), model, label, target)
    return stopped(attack, attack.default_stop.changed(**rule), Problem(model, image, label, target), made)

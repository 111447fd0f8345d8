"""The 1,000 classes of ImageNet-1k: ordered WordNet ids, names, and the number of a class by either.

Ids are unique; names are not (two classes are a crane, two a maillot).
"""

from collections import Counter
from functools import cache
from typing import Any

from advspace import AdvspaceError
from advspace.checks import nearest

_NUMBERS = tuple(map(str, range(1000)))


@cache
def wordnet_ids() -> tuple[str, ...]:
    """The WordNet id of each class, in the order of every ImageNet-1k model's logits."""
    return tuple(_timms().label_names())


@cache
def class_names() -> tuple[str, ...]:
    """A short name for each class, such as `kit fox`; if two classes have the same name, their ids are added."""
    first = [names[0] for names in _names()]
    count = Counter(first)
    return tuple(
        name if count[name] == 1 else f"{name} ({id_})" for name, id_ in zip(first, wordnet_ids(), strict=True)
    )


@cache
def class_number(key: str | int) -> int:
    """The number of the class that `key` names.

    Args:
        key: A WordNet id, a number 0 ... 999, the class's name in `class_names`, or another of its WordNet names.

    Raises:
        AdvspaceError: `key` names no class, or several.
    """
    text = str(key)
    for keys in (wordnet_ids(), class_names(), _NUMBERS):
        if text in keys:
            return keys.index(text)
    numbers = [number for number, names in enumerate(_names()) if text in names]
    if len(numbers) == 1:
        return numbers[0]
    if numbers:
        ids = " and ".join(wordnet_ids()[number] for number in numbers)
        raise AdvspaceError(f"'{text}' names several classes of ImageNet, {ids}; give the id")
    known = [*wordnet_ids(), *(name for names in _names() for name in names)]
    near = "" if text.isdecimal() else nearest(text, known)
    raise AdvspaceError(
        f"'{text}' is not a class of ImageNet: neither a WordNet id (n01440764 ... n15075141), nor a number 0 ... 999, "
        f"nor a name" + (f"; {near}" if near else "")
    )


@cache
def _timms() -> Any:
    from timm.data.imagenet_info import ImageNetInfo

    return ImageNetInfo()


@cache
def _names() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(names.split(", ")) for names in _timms().label_descriptions())

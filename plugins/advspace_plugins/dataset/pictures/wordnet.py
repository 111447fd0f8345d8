"""The 1,000 classes of ImageNet-1k: WordNet ids in order, names, and how either is found.

Names are not unique (two classes are a crane, two a maillot), ids are.
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
    """A short name for each class, such as `kit fox`; with the id behind it where two classes share one."""
    first = [names[0] for names in _names()]
    count = Counter(first)
    return tuple(
        name if count[name] == 1 else f"{name} ({id_})" for name, id_ in zip(first, wordnet_ids(), strict=True)
    )


@cache
def class_number(key: str | int) -> int:
    """The class that `key` means.

    Args:
        key: A WordNet id, a number 0 ... 999, the class's name in `class_names`, or another that WordNet gives it.

    Raises:
        AdvspaceError: no class is called so, or several are.
    """
    text = str(key)
    for keys in (wordnet_ids(), class_names(), _NUMBERS):
        if text in keys:
            return keys.index(text)
    result = [number for number, names in enumerate(_names()) if text in names]
    if len(result) == 1:
        return result[0]
    if result:
        ids = " and ".join(wordnet_ids()[number] for number in result)
        raise AdvspaceError(f"'{text}' names several classes of ImageNet, {ids}; give the id")
    known = [*wordnet_ids(), *(name for names in _names() for name in names)]
    near = "" if text.isdecimal() else nearest(text, known)
    raise AdvspaceError(
        f"'{text}' is no class of ImageNet: neither a WordNet id (n01440764 ... n15075141), nor a number 0 ... 999, "
        f"nor a name" + (f"; {near}" if near else "")
    )


@cache
def _timms() -> Any:
    from timm.data.imagenet_info import ImageNetInfo

    return ImageNetInfo()


@cache
def _names() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(names.split(", ")) for names in _timms().label_descriptions())

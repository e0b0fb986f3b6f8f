"""Folding takes disguises off and still points at the original letters."""

import pytest

from detectors._normal import fold

DISGUISES = [
    ("Oakfield Primary", "oakfield primary"),
    ("О\u200bakfіeld Рrimary", "oakfield primary"),  # Cyrillic letters, a zero-width space
    ("𝐎𝐚𝐤𝐟𝐢𝐞𝐥𝐝 𝓟𝓻𝓲𝓶𝓪𝓻𝔂", "oakfield primary"),
    ("Ｏａｋｆｉｅｌｄ", "oakfield"),
    ("ᴏᴀᴋꜰɪᴇʟᴅ", "oakfield"),
    ("🅞🅐🅚", "oak"),
    ("Öàkfïeld", "oakfield"),
    ("Oak\u00adfield", "oakfield"),  # a soft hyphen
    ("\u202eOakfield\u202c", "oakfield"),
    ("0️⃣7️⃣", "07"),
    ("King’s", "king's"),
    ("a\0b", "ab"),
    ("a\ud800b", "a b"),  # a lone surrogate
    ("ﬁeld", "field"),  # one letter that folds to two
    ("Straße", "straße"),  # no letter is lost or doubled by lower-casing
]


@pytest.mark.parametrize(("written", "plain"), DISGUISES)
def test_a_disguise_comes_off(written, plain):
    assert fold(written).text == plain


@pytest.mark.parametrize(
    ("written", "found", "original"),
    [
        ("x О\u200bakfіeld y", "oakfield", "О\u200bakfіeld"),
        ("ﬁeld day", "field", "ﬁeld"),
        ("call 0️⃣7️⃣!", "07", "0️⃣7️⃣"),  # the last keycap goes with its digit
        ("👩‍🏫 Oak", "oak", "Oak"),
        ("plain", "lai", "lai"),
    ],
)
def test_a_span_points_at_the_letters_as_written(written, found, original):
    folded = fold(written)
    start = folded.text.index(found)
    left, right = folded.original(start, start + len(found))
    assert written[left:right] == original


def test_every_character_has_its_place():
    value = "aÖ\u200b𝐎ﬁ0️⃣\ud800\0z" * 3
    folded = fold(value)
    assert folded.places is not None
    assert len(folded.text) == len(folded.places) == len(folded.ends)
    assert all(0 <= a < b <= len(value) for a, b in zip(folded.places, folded.ends, strict=True))
    assert list(folded.places) == sorted(folded.places)

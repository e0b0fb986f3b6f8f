"""Odd values of exports come out plain, or not at all."""

from __future__ import annotations

import pytest

from scanner.exports._values import dig, when, words, yes


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1704100000, "2024-01-01T09:06:40Z"),
        (1704100000123, "2024-01-01T09:06:40Z"),
        (1704100000123456, "2024-01-01T09:06:40Z"),
        ("1704100000", "2024-01-01T09:06:40Z"),
        (1704100000.5, "2024-01-01T09:06:40Z"),
        ("2021-03-04 10:11:12 UTC", "2021-03-04T10:11:12Z"),
        ("2019-05-06T07:08:09+00:00", "2019-05-06T07:08:09Z"),
        ("2019-05-06T07:08:09+02:00", "2019-05-06T05:08:09Z"),
        ("2019-05-06T07:08:09.123456-0530", "2019-05-06T12:38:09Z"),
        ("2019-05-06T07:08", "2019-05-06T07:08:00Z"),
        ("2019-W05-2T07:08:09", ""),  # a date by weeks is no date we know
        ("2019-02-30 07:08:09", ""),
        ("2021-03-04", "2021-03-04T00:00:00Z"),
        ("Wed Nov 04 13:18:50 +0000 2020", "2020-11-04T13:18:50Z"),
        (-11644473600, ""),  # 1601
        ("1601-01-01 00:00:00", ""),
        ("33658-09-27 01:46:39", ""),
        (10**18, ""),
        (10**40, ""),
        (0, ""),
        ("2021-13-45", ""),
        (float("nan"), ""),
        (float("inf"), ""),
        (True, ""),
        (None, ""),
        ([], ""),
    ],
)
def test_times(value: object, said: str) -> None:
    assert when(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("N/A", ""),
        ("None", ""),
        (None, ""),
        ([], ""),
        ("  text ", "text"),
        (5, "5"),
        (False, ""),
        ("a\x00b", "ab"),
        ("\ud83d", "\ufffd"),  # half a character
        ("\ud83d\ude00", "\U0001f600"),
    ],
)
def test_words(value: object, said: str) -> None:
    assert words(value) == said
    words(value).encode()


def test_keys_are_found_in_any_case_and_oddities_give_nothing() -> None:
    assert dig({"Date": {"LINK": [1, 2]}}, "date", "link", -1) == 2
    assert dig({"a": None}, "a", "b") is None
    assert dig([1], 5) is None
    assert dig("text", 0) is None
    assert dig({}, "a") is None


@pytest.mark.parametrize(
    ("value", "said"),
    [("Enabled", True), ("disabled", False), (True, True), ("No one", False), ("maybe", None)],
)
def test_switches(value: object, said: bool | None) -> None:
    assert yes(value) is said

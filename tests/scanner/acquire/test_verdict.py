"""The guard's verdict is believed, and a site that copies its words is not."""

from __future__ import annotations

import pytest

from scanner.acquire._verdict import RESULTS, signed, verdict

HERE = "http://jo.example/"


@pytest.mark.parametrize("result", sorted(RESULTS))
def test_the_guards_own_words_are_believed(result):
    assert verdict(HERE, {"proxy-status": signed(result)}) == result


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (HERE, "edge.example; received-status=200"),
        (HERE, "exposure-scanner; details=blocked"),  # without the word of this launch
        (HERE, "exposure-scanner; details=private_confirmed; token=guess"),
        (HERE, "exposure-scanner; details=blocked; token=\u00e9"),
        (HERE, ""),
        ("https://jo.example/", "edge; details=private_confirmed"),
        ("https://jo.example/", signed("blocked")),  # in a tunnel the guard says nothing
    ],
)
def test_what_a_site_says_in_the_guards_name_is_not(url, said):
    assert verdict(url, {"proxy-status": said}) is None


def test_no_other_result_can_be_claimed():
    assert verdict(HERE, {"proxy-status": signed("private_confirmed")}) == "unreachable"
    assert verdict(HERE, {}) is None

"""Union, strike, whistle-blowing, health, faith, politics, equality: never a finding."""

import json
from pathlib import Path

import pytest

import detectors
from data import read_bytes, rules
from detectors import Snapshot, Text
from tests.detectors.saying import SCHOOL

PROTECTED = [json.loads(line) for line in read_bytes("cases/protected.jsonl").decode().splitlines()]
TWEETS = Path(__file__).parents[2].parent / "shared/captures/text/btc_h.conll"
FEW_QUESTIONS = 3
"""Questions that may remain in the 150 posts and more."""


def levels(texts):
    snapshots = [Snapshot(text.where, "x", texts=(text,)) for text in texts]
    for outcome in detectors.read_many(snapshots, SCHOOL):
        assert not outcome.not_run
        yield [rules()[f.rule].level(f.score) for f in outcome.findings]


def test_protected_speech_is_never_a_finding():
    assert len(PROTECTED) >= 150
    texts = [Text(one["id"], one["kind"], one["text"], one["author"]) for one in PROTECTED]
    found = dict(zip((one["id"] for one in PROTECTED), levels(texts), strict=True))
    assert {item: seen for item, seen in found.items() if "finding" in seen} == {}
    assert sum("question" in seen for seen in found.values()) <= FEW_QUESTIONS


@pytest.mark.skipif(not TWEETS.exists(), reason="the captured tweets are not on this machine")
def test_everyday_tweets_stay_almost_silent():
    lines = TWEETS.read_text(encoding="utf-8").split("\n\n")
    tweets = [" ".join(row.split("\t")[0].split(" ")[0] for row in one.splitlines()) for one in lines[:600]]
    texts = [Text(str(number), "post", tweet) for number, tweet in enumerate(tweets) if tweet.strip()]
    answered = [seen for seen in levels(texts) if {"finding", "question"} & set(seen)]
    assert len(texts) > 500
    assert len(answered) <= len(texts) * 0.03

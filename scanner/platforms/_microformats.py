"""The microformats of a page: its representative h-card."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import mf2py
from bs4 import BeautifulSoup


def card_of(mine: BeautifulSoup, url: str, me: Sequence[str]) -> Mapping[str, Any]:
    """The page's representative h-card (microformats.org/wiki/representative-h-card-parsing), or {}.

    A page with one top-level card that is no list entry is taken to be about that person.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = mf2py.parse(doc=mine, url=url)
    except Exception:  # noqa: BLE001 markup of any kind must not spoil the rest of the page
        return {}
    cards = [
        dict(item.get("properties", {}))
        for item in _top(parsed.get("items", []))
        if "h-card" in item.get("type", [])
    ]
    here = url.split("#", maxsplit=1)[0].rstrip("/")
    for wanted in ({here}, {address.rstrip("/") for address in me}):
        for card in cards:
            if wanted & {
                str(address).rstrip("/") for address in card.get("url", []) if isinstance(address, str)
            }:
                return card
    return cards[0] if len(cards) == 1 else {}


def _top(items: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for item in items:
        yield item
        if "h-feed" in item.get("type", []):
            yield from (
                author for author in item.get("properties", {}).get("author", []) if isinstance(author, dict)
            )


def value(found: Any) -> str:
    """The first value of a microformats property as text."""
    first = found[0] if isinstance(found, list) and found else found
    if isinstance(first, dict):
        properties = first.get("properties", {})
        if "h-adr" in first.get("type", []):
            return ", ".join(
                filter(
                    None,
                    (
                        value(properties.get(key))
                        for key in ("street-address", "locality", "region", "postal-code")
                    ),
                )
            )
        first = first.get("value") or value(properties.get("name"))
    return " ".join(str(first or "").split())

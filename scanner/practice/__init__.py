"""The practice site: an invented school, invented people, and a known list of what they show."""

from scanner.practice.draw import Picture
from scanner.practice.people import Comparison, Person, Planted, clean, compare, people, planted
from scanner.practice.site import Practice, serve_practice

__all__ = [
    "Comparison",
    "Person",
    "Picture",
    "Planted",
    "Practice",
    "clean",
    "compare",
    "people",
    "planted",
    "serve_practice",
]

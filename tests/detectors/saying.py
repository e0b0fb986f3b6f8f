"""What a detector says of one text: rule and level, for tables."""

from data import parse_pack, read_toml, rules
from data.school import School
from detectors import Snapshot, Text
from detectors._language import parse

SCHOOL = School(parse_pack(read_toml("schools/oakfield.toml"), "oakfield"))


def heard(module, value, *, kind="post", author="self", exemptions=()):
    """Findings at or above the reporting level."""
    text = Text("1", kind, value, author)
    snapshot = Snapshot("1", "facebook", texts=(text,), exemptions=frozenset(exemptions))
    found = module.read(text, parse([value])[0], snapshot, SCHOOL)
    return [f for f in found if rules()[f.rule].level(f.score) in {"finding", "question"}]


def checks_heard(module, value, **who):
    """Their checks."""
    return {f.check for f in heard(module, value, **who)}

"""The practice site's pages, feeds and pictures, made from the people's files."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from PIL import Image

import data
from scanner.practice import draw
from scanner.practice.answer import HTML, Answer
from scanner.practice.bench import bench
from scanner.practice.draw import Picture
from scanner.practice.people import Person, Post, people

Paint = Callable[[Picture], draw.Drawn]
"""Makes the file of a picture."""

NARROW = 480  # pixels; the small version that srcset offers
_LINKS = re.compile(
    r"(?P<url>https?://[^\s<]+[^\s<.,;:!?)])|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(?P<tag>#\w+)|(?<!\w)@(?P<handle>\w[\w.]*\w)"
)


def answers() -> Mapping[str, Callable[[], Answer]]:
    """Every ordinary path of the practice site, and how to make its answer."""
    return site_of((*people(), bench()), drawn, listed=people())


def site_of(
    everyone: Sequence[Person], paint: Paint, *, listed: Sequence[Person]
) -> dict[str, Callable[[], Answer]]:
    """The paths of a site of made-up people; `paint` makes their pictures, `listed` stand on its front."""
    found: dict[str, Callable[[], Answer]] = {
        "/": partial(_index, listed),
        "/robots.txt": lambda: Answer(ROBOTS.encode(), kind="text/plain; charset=utf-8"),
        "/static/icon.png": lambda: Answer(draw.card((32, 32), "#335c4a", "P"), kind="image/png", kept=True),
    }
    for person in everyone:
        found |= _of(person, paint)
    return found


ROBOTS = """# Practice site
User-agent: *
Disallow: /trouble/disallowed
Disallow: /static/
Allow: /
"""


def drawn(picture: Picture) -> draw.Drawn:
    """The picture, made from its reference photo where it is a copy of one."""
    reference = data.read_bytes(f"practice/school/photos/{picture.like}.jpg") if picture.like else b""
    return draw.draw(picture, reference)


def media(person: Person, picture: Picture, width: int | None = None) -> str:
    """A picture's address on the site; `width` asks for the narrower version."""
    return f"/media/{person.name}/{picture.name}{f'-{width}' if width else ''}.jpg"


def _of(person: Person, paint: Paint) -> dict[str, Callable[[], Answer]]:
    found: dict[str, Callable[[], Answer]] = {person.path: partial(_profile, person)}
    batches = _batches(person)
    for number in range(2, len(batches) + 1):
        found[f"{person.path}/posts/{number}.json"] = partial(_more, person, number)
    for kind in ("followers", "following"):
        if kind in person.open:
            found[f"{person.path}/{kind}"] = partial(_page, "list.html", person, kind=kind)
    for feed in {"hearthpage": ("notes.atom",), "pagewright": ("feed.atom",)}.get(person.platform, ()):
        found[f"{person.path}/{feed}"] = partial(_feed, person)
    if person.platform == "wikiwold":
        found["/wikiwold/api.php"] = partial(_edits, person)
    for picture in person.pictures():
        found[media(person, picture)] = partial(_media, paint, picture)
        found[media(person, picture, NARROW)] = partial(_media, paint, picture, NARROW)
    return found


def _index(listed: Sequence[Person]) -> Answer:
    front = Person(name="", platform="", handle="", display_name="Practice site")
    return _page("index.html", front, everyone=listed)


def _profile(person: Person) -> Answer:
    template = person.extra.get("template", person.platform)
    batches = _batches(person)
    items = _items(person, batches[0]) if template == "fernpost" and batches else ""
    return _page(f"{template}.html", person, items=items, next=_next(person, 1))


def _more(person: Person, number: int) -> Answer:
    page = {"html": str(_items(person, _batches(person)[number - 1])), "next": _next(person, number)}
    return Answer(json.dumps(page).encode(), kind="application/json")


def _items(person: Person, posts: Sequence[Post]) -> Markup:
    return Markup(_environment().get_template("fernpost_items.html").render(person=person, posts=posts))  # noqa: S704 - autoescaped


def _next(person: Person, number: int) -> str | None:
    return f"{person.path}/posts/{number + 1}.json" if number < len(_batches(person)) else None


def _batches(person: Person) -> list[Sequence[Post]]:
    size = person.extra.get("batch", 0)
    return [person.posts[at : at + size] for at in range(0, len(person.posts), size)] if size else []


def _page(template: str, person: Person, **values: object) -> Answer:
    text = _environment().get_template(template).render(person=person, **values)
    return Answer(text.encode(), kind=HTML)


def _feed(person: Person) -> Answer:
    text = _environment().get_template("feed.atom").render(person=person)
    return Answer(text.encode(), kind="application/atom+xml; charset=utf-8")


def _edits(person: Person) -> Answer:
    """What a wiki answers about the pages that somebody edited."""
    rows = [{"user": person.display_name, "title": title} for title in person.extra["edits"]]
    told = {"query": {"usercontribs": rows, "users": [{"editcount": len(rows)}], "allimages": []}}
    return Answer(json.dumps(told).encode(), kind="application/json")


def _media(paint: Paint, picture: Picture, width: int | None = None) -> Answer:
    full = paint(picture).data
    return Answer(_narrow(full, width, picture.quality) if width else full, kind="image/jpeg", kept=True)


@lru_cache(maxsize=64)
def _narrow(body: bytes, width: int, quality: int) -> bytes:
    """Platforms that shrink pictures and keep what the camera wrote are what `photo-metadata` is about."""
    full = Image.open(io.BytesIO(body))
    out = io.BytesIO()
    size = (width, round(width * full.height / full.width))
    full.resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=quality, exif=full.getexif())
    return out.getvalue()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("scanner.practice"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals.update(media=media, linked=_linked, day=_day, stamp=_stamp)
    return environment


def _linked(text: str) -> Markup:
    """Text as platforms show it: tags, handles, e-mail and web addresses become links."""
    parts, at = [], 0
    for match in _LINKS.finditer(text):
        parts += [escape(text[at : match.start()]), _anchor(match)]
        at = match.end()
    return Markup("").join([*parts, escape(text[at:])])


def _anchor(match: re.Match[str]) -> Markup:
    href = {
        "url": match[0],
        "mail": f"mailto:{match[0]}",
        "tag": f"/tags/{match[0][1:]}",
        "handle": f"/fernpost/{match[0][1:]}",
    }[match.lastgroup or "url"]
    return Markup('<a href="{}">{}</a>').format(href, match[0])


def _day(date: str) -> str:
    return f"{(at := datetime.fromisoformat(date)).day} {at:%B %Y}"


def _stamp(date: str) -> str:
    return date if "T" in date else f"{date}T12:00:00Z"

"""Pairs of profiles of invented people: some that a stranger could join, some that only look like it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from PIL import Image as Sheet
from PIL import ImageDraw, ImageEnhance, ImageFilter, ImageOps

from detectors import Image, Snapshot, Text
from scanner.practice.draw import Picture, draw

WORK = "Teacher at Oakfield Primary School."
HOME = "We live at 12 Elder Lane, Harfield."


@dataclass(frozen=True)
class Side:
    """One profile of a pair. `pictures` are (where, drawing) and `links` addresses it shows."""

    platform: str
    handle: str
    name: str
    bio: str = ""
    town: str = ""
    post: str = ""
    links: tuple[str, ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()
    files: dict[str, str] = field(default_factory=dict, hash=False)
    others: str = ""


@dataclass(frozen=True)
class Pair:
    """`expected` is finding, question or none: whether a stranger could take the step, and how surely."""

    name: str
    one: Side
    two: Side
    expected: str


HOSTS = {"linkedin": "linkedin.com/in/", "instagram": "instagram.com/", "facebook": "facebook.com/", "x": "x.com/",
         "mastodon": "chirper.example/@", "tiktok": "tiktok.com/@", "site": "", "strava": "strava.com/athletes/", "threads": "threads.net/@",
         "snapchat": "snapchat.com/add/"}  # fmt: skip


def url_of(side: Side) -> str:
    if side.platform == "site":
        return f"https://{side.handle}.example/"
    return f"https://www.{HOSTS[side.platform]}{side.handle}"


def snapshot_of(side: Side, base: str) -> Snapshot:
    texts = [Text("display_name", "display_name", side.name)]
    texts += [Text("handle", "handle", side.handle)] if side.handle else []
    texts += [Text("bio", "bio", f"{base} {side.bio}".strip())]
    texts += [Text("location", "location", side.town)] if side.town else []
    texts += [Text(f"link-{n}", "link", link, url=link) for n, link in enumerate(side.links, 1)]
    texts += [Text("p1", "post", side.post)] if side.post else []
    texts += [Text("p2", "comment", side.others, "other")] if side.others else []
    images = tuple(
        Image(where, side.files.get(where, f"{where}-{n}.jpg"), drawing(what))
        for n, (where, what) in enumerate(side.pictures)
    )
    url = url_of(side)
    handle = "" if side.platform == "site" else side.handle
    return Snapshot(url, side.platform, url, handle, side.name, tuple(texts), images)


@lru_cache(maxsize=128)
def drawing(what: str) -> bytes:
    """A drawn picture by its name: scene, number, and what was done to it, as in "dog 3 crop gray"."""
    scene, *rest = what.split()
    sheet = _flat(scene) if scene in FLAT else _scene(scene, int(rest.pop(0)))
    for edit in rest:
        sheet = EDITS[edit](sheet)
    out = io.BytesIO()
    sheet.convert("RGB").save(out, "JPEG", quality=78)
    return out.getvalue()


def _scene(scene: str, seed: int) -> Sheet.Image:
    words = "" if scene in ("food", "park") else "Hello"
    return Sheet.open(io.BytesIO(draw(Picture("x", scene, seed=seed, size=(640, 480), words=words)).data))


FLAT = ("silhouette", "initial", "plain", "meme")


def _flat(kind: str) -> Sheet.Image:
    sheet = Sheet.new("RGB", (300, 300), "#4a6d8c")
    pen = ImageDraw.Draw(sheet)
    if kind == "silhouette":
        pen.ellipse((100, 60, 200, 160), fill="#dde4ea")
        pen.ellipse((40, 180, 260, 420), fill="#dde4ea")
    if kind == "initial":
        pen.rectangle((120, 80, 140, 220), fill="white")
        pen.rectangle((140, 80, 200, 100), fill="white")
    if kind == "meme":
        for row in range(12):
            pen.rectangle((20, 20 + 22 * row, 60 + (row * 67) % 220, 32 + 22 * row), fill="white")
    return sheet


def _crop(left: float, top: float, share: float) -> Callable[[Sheet.Image], Sheet.Image]:
    def cut(sheet: Sheet.Image) -> Sheet.Image:
        w, h = sheet.size
        return sheet.crop((int(w * left), int(h * top), int(w * (left + share)), int(h * (top + share))))

    return cut


def _round(sheet: Sheet.Image) -> Sheet.Image:
    square = ImageOps.fit(sheet, (300, 300))
    mask = Sheet.new("L", (300, 300), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, 299, 299), fill=255)
    return Sheet.composite(square, Sheet.new("RGB", (300, 300), "white"), mask)


EDITS: dict[str, Callable[[Sheet.Image], Sheet.Image]] = {
    "crop": _crop(0.1, 0.08, 0.8),
    "corner": _crop(0.03, 0.1, 0.85),
    "gray": lambda s: s.convert("L"),
    "warm": lambda s: ImageOps.colorize(s.convert("L"), "#2b1d0e", "#ffe8c0"),
    "bright": lambda s: ImageEnhance.Brightness(s.convert("RGB")).enhance(1.25),
    "soft": lambda s: s.filter(ImageFilter.GaussianBlur(3)),
    "square": lambda s: ImageOps.fit(s, (300, 300)),
    "round": _round,
    "mirror": ImageOps.mirror,
    "small": lambda s: s.resize((120, 120 * s.height // s.width)),
}


def _one(
    handle: str = "robin-vale-7a1", name: str = "Robin Vale", platform: str = "linkedin", **more: object
) -> Side:
    return Side(platform, handle, name, **more)  # type: ignore[arg-type]


def _two(handle: str = "sunday.toast", name: str = "rv", platform: str = "instagram", **more: object) -> Side:
    return Side(platform, handle, name, **more)  # type: ignore[arg-type]


def _face(what: str) -> tuple[tuple[str, str], ...]:
    return (("avatar", what),)


PAIRS = [
    # ---- links
    Pair("link in the bio", _one(bio="More at instagram.com/sunday.toast"), _two(), "finding"),
    Pair("link with tracking", _one(links=("https://www.instagram.com/sunday.toast/?utm_source=x",)), _two(), "finding"),
    Pair("mobile link", _one(links=("https://m.facebook.com/rv.toasts",)), _two("rv.toasts", platform="facebook"), "finding"),
    Pair("old host of the same site", _one(links=("https://twitter.com/sundaytoast",)), _two("sundaytoast", platform="x"), "finding"),
    Pair("link in capitals", _one(links=("HTTPS://WWW.INSTAGRAM.COM/Sunday.Toast",)), _two(), "finding"),
    Pair("link in a post", _one(post="New pictures up! https://www.instagram.com/sunday.toast"), _two(), "finding"),
    Pair("own site", _one(bio="I write at sundaytoast.example sometimes."), _two("sundaytoast", platform="site"), "finding"),
    Pair("page of the own site", _one(links=("https://sundaytoast.example/bread",)), _two("sundaytoast", platform="site"), "finding"),
    Pair("site named before the handle", _one(bio="insta: @sunday.toast"), _two(), "finding"),
    Pair("site named, no sign", _one(bio="Find me on Instagram @sunday.toast"), _two(), "finding"),
    Pair("ig in a post", _one(post="more on my ig sunday.toast today"), _two(), "finding"),
    Pair("handle and server", _one(bio="Also @toastie@chirper.example"), _two("toastie", platform="mastodon"), "finding"),
    Pair("mention on the same site", _one("rvale", platform="x", bio="private: @sundaytoast"), _two("sundaytoast", platform="x"), "finding"),
    Pair("link to somebody else", _one(links=("https://www.instagram.com/sunday.roast",)), _two(), "none"),
    Pair("longer handle that begins alike", _one(links=("https://www.instagram.com/sunday.toasters",)), _two(), "none"),
    Pair("same handle on another host", _one(links=("https://pictures.example/sunday.toast",)), _two(), "none"),  # the handle is 'sunday.toast' there, but who says so
    Pair("words that look like a handle", _one(bio="I love Sunday toast and Instagram."), _two("toast"), "none"),
    Pair("a link somebody else wrote", _one(others="seen you on instagram.com/sunday.toast !"), _two(), "none"),
    Pair("mention of a namesake on another site", _one("rvale", platform="x", bio="thanks @toast"), _two("toast"), "none"),
    Pair("link to the site's front page", _one(links=("https://www.instagram.com/",)), _two(), "none"),
    Pair("both link to a charity", _one(links=("https://foodbank.example/",)), _two(links=("https://foodbank.example/",)), "none"),
    # ---- contact
    Pair("same private e-mail", _one(bio="Write: toastie@post.example"), _two(bio="toastie@post.example"), "finding"),
    Pair("same e-mail, other case and disguise", _one(bio="Write: Toastie@post.example"), _two(bio="Mail me: toastie [at] post [dot] example"), "finding"),
    Pair("same mobile, other spacing", _one(bio="Call 07700 900 321"), _two(bio="ring +44 7700 900321"), "finding"),
    Pair("same e-mail in a post", _one(bio="toastie@post.example"), _two(post="My e-mail is toastie@post.example, write me"), "finding"),
    Pair("two different e-mails", _one(bio="Write: r.vale@post.example"), _two(bio="toastie@post.example"), "none"),
    Pair("numbers one digit apart", _one(bio="Call 07700 900321"), _two(bio="Call 07700 900322"), "none"),
    Pair("the school's office", _one(bio="office@oakfieldprimary.example"), _two(bio="office@oakfieldprimary.example"), "none"),
    Pair("a helpline in posts", _one(post="Samaritans: ring 116 123"), _two(post="Samaritans: ring 116 123"), "none"),
    Pair("a shop both liked", _one(post="Order at hello@bakery.example"), _two(post="I ordered: hello@bakery.example"), "none"),
    # ---- pictures
    Pair("same avatar", _one(pictures=_face("dog 3")), _two(pictures=_face("dog 3")), "finding"),
    Pair("avatar cropped", _one(pictures=_face("person 4")), _two(pictures=_face("person 4 crop")), "finding"),
    Pair("avatar cut to a corner", _one(pictures=_face("park 2")), _two(pictures=_face("park 2 corner")), "finding"),
    Pair("avatar in gray", _one(pictures=_face("person 5")), _two(pictures=_face("person 5 gray")), "finding"),
    Pair("avatar warm and small", _one(pictures=_face("food 2")), _two(pictures=_face("food 2 warm small")), "finding"),
    Pair("avatar brightened", _one(pictures=_face("dog 4")), _two(pictures=_face("dog 4 bright")), "finding"),
    Pair("avatar soft", _one(pictures=_face("building 2")), _two(pictures=_face("building 2 soft")), "finding"),
    Pair("avatar square", _one(pictures=_face("park 3")), _two(pictures=_face("park 3 square")), "finding"),
    Pair("avatar in a round frame", _one(pictures=_face("dog 2")), _two(pictures=_face("dog 2 round")), "finding"),
    Pair("avatar mirrored", _one(pictures=_face("person 6")), _two(pictures=_face("person 6 mirror")), "finding"),
    Pair("avatar square and gray", _one(pictures=_face("food 4")), _two(pictures=_face("food 4 square gray")), "finding"),
    Pair("avatar is the other's banner", _one(pictures=_face("park 5")), _two(pictures=(("banner", "park 5"),)), "finding"),
    Pair("avatar was posted in the other", _one(pictures=_face("dog 6")), _two(pictures=(("p1", "dog 6"),)), "finding"),
    Pair("two photos in both", _one(pictures=(("p1", "park 6"), ("p2", "food 6"))), _two(pictures=(("p8", "food 6"), ("p9", "park 6"))), "finding"),
    Pair("one photo in both", _one(pictures=(("p1", "park 7"),)), _two(pictures=(("p8", "park 7"),)), "question"),
    Pair("one photo, square there", _one(pictures=(("p1", "dog 7"),)), _two(pictures=(("p8", "dog 7 square"),)), "question"),
    Pair("another dog", _one(pictures=_face("dog 8")), _two(pictures=_face("dog 9")), "none"),
    Pair("another portrait", _one(pictures=_face("person 8")), _two(pictures=_face("person 9")), "none"),
    Pair("another portrait, gray", _one(pictures=_face("person 10")), _two(pictures=_face("person 11 gray")), "none"),
    Pair("another park", _one(pictures=_face("park 8")), _two(pictures=_face("park 9")), "none"),
    Pair("another sea", _one(pictures=_face("water 8")), _two(pictures=_face("water 9")), "none"),  # all horizons are alike
    Pair("another dinner", _one(pictures=(("p1", "food 8"),)), _two(pictures=(("p1", "food 9"),)), "none"),
    Pair("grey silhouettes", _one(pictures=_face("silhouette")), _two(pictures=_face("silhouette")), "none"),
    Pair("initials", _one(pictures=_face("initial")), _two(pictures=_face("initial")), "none"),
    Pair("plain tone", _one(pictures=_face("plain")), _two(pictures=_face("plain")), "none"),
    Pair("a site's default picture", _one(pictures=_face("dog 11"), files={"avatar": "default_avatar_3.png"}), _two(pictures=_face("dog 11")), "none"),
    # ---- handles
    Pair("same rare handle", _one("moonpieknits", platform="x"), _two("moonpieknits"), "finding"),
    Pair("same rare handle, other dots", _one("moonpie_knits", platform="x"), _two("moonpie.knits"), "finding"),
    Pair("rare handle and a digit more", _one("quillifeather", platform="x"), _two("quillifeather1"), "question"),
    Pair("rare handle with a beginning", _one("quillifeather", platform="x"), _two("therealquillifeather"), "question"),
    Pair("invented word with a number", _one("zorbix4417", platform="x"), _two("zorbix4417"), "finding"),
    Pair("name and year of birth", _one("john.smith.1984", "J", platform="x"), _two("johnsmith1984", "J"), "question"),
    Pair("common name as handle", _one("johnsmith", "J", platform="x"), _two("john.smith", "J"), "none"),
    Pair("common name and a usual number", _one("sarahjones1", "S", platform="x"), _two("sarahjones1", "S"), "none"),
    Pair("first name only", _one("emma", "E", platform="x"), _two("emma", "E"), "none"),
    Pair("short handle", _one("rv_", "R", platform="x"), _two("rv_", "R"), "none"),
    Pair("everyday words", _one("happy_teacher", "H", platform="x"), _two("happyteacher", "H"), "none"),
    Pair("common hobby handle", _one("coffeelover", "C", platform="x"), _two("coffee_lover", "C"), "none"),
    Pair("teacher title", _one("miss_taylor", "M", platform="x"), _two("misstaylor", "M"), "none"),
    Pair("only the beginning alike", _one("moonpieknits", "M", platform="x"), _two("moonraker77", "M"), "none"),
    # ---- names and words
    Pair("same rare name", _one(name="Zebedee Quillfeather"), _two(name="Zebedee Quillfeather"), "question"),
    Pair("rare name with a title", _one(name="Mr Zebedee Quillfeather"), _two(name="zebedee quillfeather 🌱"), "question"),
    Pair("rare name as the other's handle", _one(name="Zebedee Quillfeather"), _two("zebedeequillfeather"), "question"),
    Pair("fairly rare name and one town", _one(name="Robin Vale", town="Harfield"), _two(name="Robin Vale", town="Harfield, UK"), "question"),
    Pair("common name", _one(name="John Smith"), _two(name="John Smith"), "none"),
    Pair("common name, large town", _one(name="John Smith", town="London"), _two(name="John Smith", town="London"), "none"),
    Pair("common Asian name", _one(name="Mohammed Khan"), _two(name="Mohammed Khan"), "none"),
    Pair("first name only, same", _one(name="Sarah"), _two(name="Sarah"), "none"),
    Pair("other family name", _one(name="Zebedee Quillfeather"), _two(name="Zebedee Marrow"), "none"),
    Pair("only one town", _one(town="Harfield"), _two(town="Harfield"), "none"),
    Pair("nothing alike", _one(), _two(), "none"),
]  # fmt: skip

HELD_BACK = [  # written after the figures were chosen, and not used to change them
    Pair("threads by its other host", _one(links=("https://www.threads.com/@nightloaf",)), Side("threads", "nightloaf", "n"), "finding"),
    Pair("snap in words", _one(bio="snap - nightloaf_x"), Side("snapchat", "nightloaf_x", "n"), "finding"),
    Pair("bare host, no scheme", _one(bio="pics → tiktok.com/@nightloaf"), Side("tiktok", "nightloaf", "n"), "finding"),
    Pair("link with words behind it", _one(bio="see https://www.instagram.com/nightloaf, thanks!"), _two("nightloaf"), "finding"),
    Pair("a post on the same site", _one(links=("https://www.instagram.com/p/Cxyz/",)), _two("nightloaf"), "none"),
    Pair("landline in both bios", _one(bio="01632 960 417"), _two(bio="Tel (01632) 960417"), "finding"),
    Pair("an address of the school for all", _one(bio="admin@oakfieldprimary.example"), _two(bio="admin@oakfieldprimary.example"), "none"),
    Pair("e-mails at one provider", _one(bio="r.vale@post.example"), _two(bio="r.hale@post.example"), "none"),
    Pair("avatar posterised by a crop and warmth", _one(pictures=_face("park 12")), _two(pictures=_face("park 12 crop warm")), "finding"),
    Pair("avatar corner and gray", _one(pictures=_face("building 12")), _two(pictures=_face("building 12 corner gray")), "finding"),
    Pair("avatar corner, small", _one(pictures=_face("dog 13")), _two(pictures=_face("dog 13 corner small")), "finding"),
    Pair("avatar round and gray", _one(pictures=_face("person 14")), _two(pictures=_face("person 14 round gray")), "finding"),
    Pair("photo mirrored in a post", _one(pictures=(("p1", "food 15"),)), _two(pictures=(("p1", "food 15 mirror"),)), "question"),
    Pair("the same meme", _one(pictures=(("p1", "meme"),)), _two(pictures=(("p1", "meme"),)), "question"),
    Pair("another building", _one(pictures=_face("building 13")), _two(pictures=_face("building 14")), "none"),
    Pair("another group", _one(pictures=_face("group 13")), _two(pictures=_face("group 14")), "none"),
    Pair("another class room", _one(pictures=_face("classroom 13")), _two(pictures=_face("classroom 14")), "none"),
    Pair("third portrait", _one(pictures=_face("person 15")), _two(pictures=_face("person 16")), "none"),
    Pair("third dog, gray", _one(pictures=_face("dog 15")), _two(pictures=_face("dog 16 gray")), "none"),
    Pair("made-up handle", _one("plunkowitz", "P", platform="x"), _two("plunkowitz", "P"), "finding"),
    Pair("made-up handle, numbers differ", _one("plunkowitz88", "P", platform="x"), _two("plunkowitz", "P"), "question"),
    Pair("three words", _one("slow_river_bakery", "S", platform="x"), _two("slowriverbakery", "S"), "finding"),
    Pair("fan handle", _one("mufc_fan_7", "M", platform="x"), _two("mufcfan7", "M"), "none"),
    Pair("mum blog", _one("happymummyuk", "H", platform="x"), _two("happy.mummy.uk", "H"), "none"),
    Pair("first name and family name, both common", _one("katiewalker", "K", platform="x"), _two("katie_walker", "K"), "none"),
    Pair("initial and common name", _one("jpatel", "J", platform="x"), _two("j.patel", "J"), "none"),
    Pair("rare double name", _one(name="Ottoline Farthingale-Moss"), _two(name="ottoline farthingale moss"), "question"),
    Pair("common name with a title", _one(name="Mrs Claire Evans"), _two(name="Claire Evans"), "none"),
    Pair("long bio word for word", _one(bio="Sourdough, slow Sundays, and a three-legged cat who owns the sofa."), _two(bio="Sourdough, slow Sundays, and a three-legged cat who owns the sofa."), "none"),  # the bios differ: each begins with its own line
    Pair("short motto", _one(bio="Live, laugh, love."), _two(bio="Live, laugh, love."), "none"),
]  # fmt: skip

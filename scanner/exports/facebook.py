"""Facebook: JSON and HTML of "Export your information", with the folders of 2019 to 2026."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from detectors import Text
from scanner.exports import _markup, _meta
from scanner.exports._archive import Archive
from scanner.exports._meta import said
from scanner.exports._pieces import Media, Note, Person, Piece, Post, SignIn, Who
from scanner.exports._values import dig, listed, when, words

NAME = "facebook"

PROFILE = ("profile_information.json",)
POSTS = (
    "your_posts*.json", "your_photos.json", "your_uncategorized_photos.json", "your_videos.json",
    "album/*.json", "albums/*.json", "archived_stories.json", "your_reels.json",
    "group_posts_and_comments*.json",
)  # fmt: skip
COMMENTS = ("comments.json", "comments_and_reactions/*comments*.json", "your_comments_in_groups*.json")
LISTS = (
    "friends.json", "your_friends.json", "received_friend_requests.json", "friend_requests_received.json",
    "people_who_followed_you.json", "followers.json", "who_you've_followed.json", "who_you_follow.json",
    "your_group_membership_activity.json", "your_groups.json",
)  # fmt: skip
NO_AUDIENCE = (
    'Facebook\'s download does not say who can see each post. Open your profile with "View as" to see.'
)

_PROFILE = re.compile(r'"profile(?:_v\d+)?"\s*:\s*\{|"profile_update|"full_name"')
_POSTS = re.compile(
    r'"data"\s*:\s*\[\s*(?:\{\s*\}\s*,\s*)*\{\s*"(?:post|update_timestamp|backdated_timestamp|comment)"'
    r'|"comments_v\d+"|"friends_v\d+"'
    r'|"(?:other_photos|videos|group_posts|group_comments|groups_joined|received_requests|followers|following)_v\d+"'
    r'|"external_context"|"attachments"\s*:\s*\[\s*\{\s*"data"'
)
_PAGES = re.compile(r"facebook\.com|Facebook")


def tell(archive: Archive) -> float:
    """By the keys of its own lists."""
    for name in archive.named(*PROFILE, *POSTS, *COMMENTS, *LISTS)[:16]:
        start = archive.peek(name)
        if _POSTS.search(start) or (_PROFILE.search(start) and "string_map_data" not in start):
            return 1.0
    if archive.single:
        return 0.0
    pages = archive.named(
        "your_posts*.html", "profile_information.html", "comments.html", "your_friends.html"
    )
    return (
        0.8
        if any(_PAGES.search(archive.peek(name)) or "_a6" in archive.peek(name) for name in pages[:4])
        else 0.0
    )


def parse(archive: Archive) -> Iterator[Piece]:
    """Profile first, then posts, pictures, comments and the owner's lists."""
    for name in archive.named(*PROFILE):
        document = archive.json(name)
        yield from _profile(archive, dig(document, "profile_v2") or dig(document, "profile") or document)
    told = posts = False
    for piece in _posts(archive):
        if isinstance(piece, Post):
            posts = True
            told = told or piece.audience not in ("", "custom")
        yield piece
    if posts and not told:
        yield Note(NO_AUDIENCE)
    for name in archive.named(*LISTS):
        for path, item in archive.items(name):
            person = said(dig(item, "name")) or said(dig(item, "data", 0, "name")) or said(dig(item, "title"))
            if (relation := _meta.listing(path, NAME)) and person:
                yield Person(relation, person)


def _posts(archive: Archive) -> Iterator[Piece]:
    for name in archive.named(*POSTS, *COMMENTS):
        group = "group" in name.casefold()
        album = _album(archive, name) if "album" in name.casefold() else ""
        for path, item in archive.items(name):
            yield from _item(archive, path, item, group=group, album=album)
    yield from _pages(archive)


def _profile(archive: Archive, profile: Any) -> Iterator[Piece]:
    address = words(dig(profile, "profile_uri"))
    handle = words(dig(profile, "username")) or _handle(address)
    full = dig(profile, "name")
    name = said(full if isinstance(full, str) else dig(full, "full_name"))
    yield Who(handle, name, address if address.startswith("https://") else "")
    yield from _about(profile)
    for email in listed(dig(profile, "emails", "emails")):
        yield SignIn(words(email))
    for key, where in (("profile_picture", "avatar"), ("cover_photo", "banner")):
        if found := _meta.media(archive, dig(profile, key)):
            yield Media(found.member, where, date=found.date)


def _about(profile: Any) -> Iterator[Text]:
    for key in ("intro_bio", "about_me", "bio"):
        found = dig(profile, key)
        yield Text("bio", "bio", said(dig(found, "text") or dig(found, "name")) or said(found))
    for number, job in enumerate(listed(dig(profile, "work_experiences")), start=1):
        yield Text(f"work-{number}", "headline", _job(job))
    for number, site in enumerate(listed(dig(profile, "websites")), start=1):
        link = said(dig(site, "address") or site)
        yield Text(f"link-{number}", "link", link, url=link)
    for key in ("current_city", "hometown"):
        yield Text(key.replace("_", "-"), "location", said(dig(profile, key, "name")))


def _job(job: Any) -> str:
    employer, title = said(dig(job, "employer")), said(dig(job, "title"))
    if not employer:
        return ""
    if dig(job, "end_timestamp"):
        return f"Formerly {title} at {employer}" if title else f"Formerly worked at {employer}"
    return f"{title} at {employer}" if title else f"Works at {employer}"


def _handle(address: str) -> str:
    """The name in a profile's address; a number in its query is none that people know."""
    path = urlsplit(address).path.strip("/") if re.match(r"https?://", address) else ""
    return path if re.fullmatch(r"[\w.-]{1,60}", path) and path != "profile.php" else ""


def _album(archive: Archive, name: str) -> str:
    """What an album's pictures are of: "avatar" for profile pictures, "banner" for covers."""
    start = re.search(r'"name"\s*:\s*"([^"]{0,80})"', archive.peek(name, 2000))
    title = start[1].casefold() if start else ""
    return (
        "avatar" if "profile pic" in title or "profilbild" in title else "banner" if "cover" in title else ""
    )


def _item(archive: Archive, path: tuple[str, ...], item: Any, *, group: bool, album: str) -> Iterator[Piece]:
    if not isinstance(item, dict):
        return
    audience = "custom" if group else _audience(item)
    if "uri" in item:
        yield from _picture(archive, path, item, audience=audience, album=album)
        return
    texts: list[str] = []
    files: list[Media] = []
    extras: list[Text] = []
    for part in _parts(item):
        if comment := dig(part, "comment"):
            yield from _comment(comment, item, audience)
            continue
        texts += [said(dig(part, "post")), said(dig(part, "text")), said(dig(part, "media", "description"))]
        if found := _meta.media(archive, dig(part, "media"), audience=audience):
            files.append(found)
        extras += _meta.place(dig(part, "place"))
        if link := words(dig(part, "external_context", "url")):
            extras.append(Text("", "link", link, url=link))
    if not (texts or files or extras or item.get("label_values")):
        return
    labels = item.get("label_values")
    texts.append(_meta.value_of(labels, "caption"))
    text = "\n".join(dict.fromkeys(filter(None, texts)))
    date = when(item.get("timestamp") or item.get("creation_timestamp")) or _meta.stamp_of(labels)
    yield Post(words(item.get("fbid")), text, "post", date, audience, "", tuple(extras), tuple(files))


def _picture(
    archive: Archive, path: tuple[str, ...], item: dict[str, Any], *, audience: str, album: str
) -> Iterator[Piece]:
    """A picture by itself, as in albums."""
    found = _meta.media(archive, item, audience=audience)
    if path[:1] == ("cover_photo",) or not found:
        return
    if album:
        yield Media(found.member, album, date=found.date, audience=audience)
    else:
        text = said(item.get("description")) or found.caption
        yield Post(found.member.rpartition("/")[2], text, "caption", found.date, audience, media=(found,))


def _comment(comment: Any, item: dict[str, Any], audience: str) -> Iterator[Piece]:
    text = said(dig(comment, "comment") if isinstance(comment, dict) else comment)
    date = when(dig(comment, "timestamp")) or when(item.get("timestamp"))
    yield Post("", text, "comment", date, "custom" if said(dig(comment, "group")) else audience)


def _parts(item: dict[str, Any]) -> Iterator[Any]:
    yield from listed(item.get("data"))
    for attachment in listed(item.get("attachments")):
        yield from listed(dig(attachment, "data"))
    for one in listed(item.get("media")):
        yield {"media": one}


def _audience(item: dict[str, Any]) -> str:
    stated = (
        item.get("privacy") or item.get("audience") or _meta.labelled(item.get("label_values"), "audience")
    )
    return _meta.audience(stated) if stated else ""


def _pages(archive: Archive) -> Iterator[Piece]:
    """The HTML form."""
    for name in archive.named("profile_information.html"):
        for block in _markup.blocks(archive, name):
            yield Who(_markup.labelled(block, "username"), _markup.labelled(block, "name"))
            yield Text("bio", "bio", _markup.labelled(block, "bio"))
            yield SignIn(_markup.labelled(block, "email"))
    for name in archive.named("your_posts*.html", "your_uncategorized_photos.html"):
        for block in _markup.blocks(archive, name):
            yield from _markup.post(archive, replace(block, title=""), kind="post")
    for name in archive.named("comments.html", "your_comments_in_groups*.html"):
        for block in _markup.blocks(archive, name):
            yield Post("", "\n".join(block.lines), "comment", block.date)
    for name in archive.named("your_friends.html"):
        for block in _markup.blocks(archive, name):
            yield Person("friends", block.title or next(iter(block.lines), ""))

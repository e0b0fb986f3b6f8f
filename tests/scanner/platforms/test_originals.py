"""The uploads behind smaller copies: where they are, which are opened, which are shown."""

from __future__ import annotations

import pytest

from scanner.platforms import Page, _originals, wall
from scanner.platforms._parts import Person, Picture, Post

UP = "https://jo.example/wp-content/uploads/2026/05"


@pytest.mark.parametrize(
    ("copy", "upload"),
    [
        (f"{UP}/cat-300x225.jpg", f"{UP}/cat.jpg"),
        (f"{UP}/cat-scaled.jpeg", f"{UP}/cat.jpeg"),
        (f"{UP}/cat.jpg?w=640&h=480", f"{UP}/cat.jpg"),
        (f"{UP}/cat.jpg?v=3", f"{UP}/cat.jpg?v=3"),  # a version, not a size
        (f"{UP}/cat.jpg", f"{UP}/cat.jpg"),
        (f"{UP}/route-66x99999999.jpg", f"{UP}/route-66x99999999.jpg"),  # no size at all
        ("https://jo.example/cat-300x225.jpg", "https://jo.example/cat-300x225.jpg"),  # no uploads folder
        ("https://jo.files.wordpress.com/2026/05/cat.jpg?w=300", "https://jo.files.wordpress.com/2026/05/cat.jpg"),
        ("https://w.example/images/thumb/a/ab/Cat.jpg/300px-Cat.jpg", "https://w.example/images/a/ab/Cat.jpg"),
        ("https://w.example/w/thumb/Cat.png/30px-Cat.png", "https://w.example/w/Cat.png"),
        ("https://w.example/thumb/x", "https://w.example/thumb/x"),
        ("http://[bad", "http://[bad"),
        ("data:image/png;base64,AAAA", "data:image/png;base64,AAAA"),
    ],
)  # fmt: skip
def test_the_upload_is_found_from_the_name_of_the_copy(copy, upload):
    assert _originals.original(copy) == upload


def posts(*pictures, author="self"):
    return [Post("p", "x", author=author, pictures=tuple(Picture((each,), "a cat") for each in pictures))]


def test_only_the_owners_photographs_are_asked_for_and_no_more_than_a_few():
    mine = posts(*(f"{UP}/{n}-300x225.jpg" for n in range(20)))
    person = Person(pictures=(("bio", Picture((f"{UP}/icon.svg",))), ("bio", Picture(("data:image/png,x",)))))
    wanted = list(_originals.uploads(person, mine + posts(f"{UP}/theirs-30x30.jpg", author="other")))
    visits = list(_originals.visits(wanted, []))
    assert [visit.url for visit in visits] == [f"{UP}/{n}.jpg" for n in range(_originals.MOST)]
    assert {(visit.via, visit.optional) for visit in visits} == {("picture", True)}
    assert len({visit.name for visit in visits}) == len(visits)


def test_what_the_page_loaded_itself_is_not_asked_for_again_but_names_stay_the_same():
    page = Page("profile", "u", 200, "<p>", pictures={f"{UP}/1.jpg": b"x"})
    wanted = [f"{UP}/{n}.jpg" for n in range(3)]
    first = [visit.name for visit in _originals.visits(wanted, [page])]
    upload = Page(first[0], f"{UP}/0.jpg", 200, "", pictures={f"{UP}/0.jpg": b"y"})
    assert first == ["upload 1: 0.jpg", "upload 2: 2.jpg"]
    assert [visit.name for visit in _originals.visits(wanted, [page, upload])] == first


def test_an_upload_takes_the_place_of_its_copies():
    person, kept, copies = _originals.preferred(
        Person(), posts(f"{UP}/cat-300x225.jpg", f"{UP}/dog-300x225.jpg"), {f"{UP}/cat.jpg": b"c", f"{UP}/dog-300x225.jpg": b"d"}
    )  # fmt: skip
    assert [picture.addresses[0] for picture in kept[0].pictures] == [
        f"{UP}/cat.jpg",
        f"{UP}/dog-300x225.jpg",
    ]
    assert copies == 1
    assert "1 picture was" in _originals.note(copies)
    assert not _originals.note(0)
    assert person == Person()


@pytest.mark.parametrize(
    ("page", "state"),
    [
        (Page("upload 1: x.jpg", "u", 200, "", pictures={"u": b"x"}, headers={"content-type": "image/jpeg"}), None),
        (Page("upload 1: x.jpg", "u", 200, "", headers={"content-type": "image/jpeg"}), "unreadable"),
        (Page("upload 1: x.jpg", "u", 404, "<h1>Not found</h1>"), "not_found_or_hidden"),
    ],
)  # fmt: skip
def test_a_picture_file_is_no_wall_and_an_error_page_is(page, state):
    assert wall(page) == state

"""Whose words a page's footer is: the owner's on a one-person site, nobody's elsewhere."""

from __future__ import annotations

import pytest

from scanner.platforms import Account, Page, named

FOOT = "<footer><p>{}</p></footer>"
CONTACT = "Harbour Studio, 01632 960118"
CARD = '<div class="h-card"><a class="p-name u-url" href="https://wren.example/">Wren Oakley</a></div>'
PERSON = '<script type="application/ld+json">{"@type": "Person", "name": "Wren Oakley"}</script>'
POST = "<article><h2>A walk</h2><p class=author>{}</p><time>1 May 2024</time><p>We went along the cliffs.</p></article>"


def read(body, url="https://wren.example/", platform="site"):
    html = f"<html><head><title>Wren Oakley</title></head><body><main><h1>Wren Oakley</h1><p>I draw birds.</p>{body}</body></html>"
    snapshot = named(platform).parse(Account(platform, "", url), [Page("profile", url, 200, html)])
    return [text.value for text in snapshot.texts if text.where == "footer"], snapshot


@pytest.mark.parametrize(
    "body",
    [
        f"{CARD}</main>" + FOOT.format(CONTACT),
        f"{PERSON}</main>" + FOOT.format(CONTACT),
        "</main>" + FOOT.format(f"{CONTACT}</p><p>wren oakley"),  # the same name
        f'</main><div id="footer"><p>{CONTACT}</p>{CARD}</div>',
    ],
)
def test_a_footer_of_a_one_person_site_is_the_owners(body):
    found, snapshot = read(body)
    assert CONTACT in found[0]
    assert next(text for text in snapshot.texts if text.where == "footer").kind == "bio"


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ("</main>" + FOOT.format(CONTACT), "https://wren.example/"),  # names nobody
        (f"{CARD}</main>" + FOOT.format(CONTACT), "https://www.linkedin.com/in/wren"),  # the platform's
        (f"{CARD}</main>" + FOOT.format(CONTACT), "https://linktr.ee/wren"),
        (
            POST.format("Wren Oakley") + POST.format("Robin Vale") + "</main>" + FOOT.format(f"{CONTACT} Wren Oakley"),
            "https://paper.example/",  # several people write there
        ),
        ("<section><h2>Prints</h2><p>All new.</p>" + FOOT.format(CONTACT) + f"</section>{CARD}</main>",
         "https://wren.example/"),  # the foot of a section stays with it
        (f'{CARD}</main><footer style="display:none">{CONTACT}</footer>', "https://wren.example/"),
    ],
)  # fmt: skip
def test_any_other_footer_is_not(body, url):
    assert read(body, url)[0] == []


def test_a_subdomain_for_each_person_is_a_site_of_ones_own():
    assert read(f"{CARD}</main>" + FOOT.format(CONTACT), "https://wren.carrd.co/")[0] == [CONTACT]


@pytest.mark.parametrize(
    "line",
    [
        "© 2026 Wren Oakley", "Copyright 2020-2026 Wren Oakley. All rights reserved", "Powered by Press",
        "Privacy", "Terms of service", "Theme: Seaside", "Website by Pagemill, 01632 960999", "RSS", "Wren Oakley",
        "We use cookies.", "Licensed under Creative Commons",
    ],
)  # fmt: skip
def test_boilerplate_is_left_out(line):
    assert read(f"{CARD}</main>" + FOOT.format(line))[0] == []


def test_a_copyright_line_with_a_contact_in_it_is_kept():
    assert read(f"{CARD}</main>" + FOOT.format("© 2026 Wren Oakley, 01632 960118"))[0] != []


def test_a_contact_in_the_footer_shows_in_the_flags():
    _, snapshot = read(f"{CARD}</main>" + FOOT.format('<a href="tel:01632960118">Ring me</a>'))
    assert snapshot.flags["phone_visible"]
    assert "tel:01632960118" in [text.url for text in snapshot.texts if text.kind == "link"]

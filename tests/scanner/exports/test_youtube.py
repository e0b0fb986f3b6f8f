"""YouTube in Takeout: channel, videos, comments in pieces, older layouts, other languages, what stays shut."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from scanner.exports import Export, read
from scanner.platforms import Account
from tests.exports import read_zip
from tests.scanner.exports.shut import CANARY, opened_and_told

ROOT = "Takeout/YouTube and YouTube Music"
ME = "UC" + "a" * 22
CHANNEL = f"Channel ID,Channel Country,Channel Description (Original),Channel Title (Original),Channel Visibility\n{ME},GB,I teach maths,Jo Lee,Public\n"
URLS = f"Channel ID,Channel Vanity URL 1 Name,Channel Vanity URL 2 Name\n{ME},joleeruns,\n"
VIDEOS = (
    "Video ID,Approx Duration (ms),Video Audio Language,Video Category,Video Description (Original),Channel ID,Tag 1,Tag 1,Video Title (Original),Video Title (Original) Language,Privacy,Video State,Video Create Timestamp,Video Publish Timestamp\n"
    f'vidAAAAAAA1,1000,,Education,"Line one\nline two",{ME},a,b,Sports day,en,Public,Processed,2021-06-25T21:41:25+00:00,2021-06-26T21:41:25+00:00\n'
    f"vidAAAAAAA2,1000,,Education,,{ME},,,Class 4B,en,Unlisted,Processed,2021-06-25T21:41:25+00:00,\n"
    f"vidAAAAAAA3,1000,,Education,,{ME},,,Draft,,Private,Processed,2021-06-25T21:41:25+00:00,\n"
)
COMMENTS = (
    "Comment ID,Channel ID,Comment Create Timestamp,Price,Parent Comment ID,Post ID,Video ID,Comment Text,Top-Level Comment ID\n"
    f'Ugx1,{ME},2020-04-20T18:52:40.896921+00:00,0,,,vidBBBBBBB1,"{{""text"":""It starts at ""}},{{""text"":""5:02"",""videoLink"":{{""startTimeSeconds"":302}}}},{{""text"":"" I think""}}",\n'
    f'Ugx2,{ME},2020-04-21T09:00:00+00:00,0,Ugx1,,vidBBBBBBB1,"{{""takeoutSegments"":[{{""text"":""Well ""}},{{""text"":""done""}}]}}",Ugx1\n'
    f"Ugx3,{ME},2020-04-22T09:00:00+00:00,0,,,vidBBBBBBB1,plain text,\n"
)


def members(**more: Any) -> dict[str, Any]:
    return {
        f"{ROOT}/channels/channel.csv": CHANNEL,
        f"{ROOT}/channels/channel URL configs.csv": URLS,
        f"{ROOT}/video metadata/videos.csv": VIDEOS,
        f"{ROOT}/comments/comments.csv": COMMENTS,
        **more,
    }


def texts(export: Export, kind: str) -> list[str]:
    return [text.value for text in export.snapshot.texts if text.kind == kind]


def test_the_channel_is_named_and_its_handle_wins(tmp_path: Path) -> None:
    found = read_zip(tmp_path, members())
    assert found.account.url == "https://www.youtube.com/@joleeruns"
    assert (found.snapshot.display_name, texts(found, "bio"), found.snapshot.flags) == (
        "Jo Lee",
        ["I teach maths"],
        {"signed_out_visible": True},
    )


@pytest.mark.parametrize(
    "url", [f"https://www.youtube.com/channel/{ME}", "https://www.youtube.com/@JoLeeRuns"]
)
def test_it_proves_the_channel_under_each_of_its_addresses(tmp_path: Path, url: str) -> None:
    mine = Account("youtube", url.rpartition("/")[2].lstrip("@"), url)
    assert read_zip(tmp_path, members(), submitted=[mine]).ownership == "export"


def test_videos_keep_who_can_see_them(tmp_path: Path) -> None:
    found = read_zip(tmp_path, members())
    assert {
        t.where: (t.value, t.audience, t.date[:10]) for t in found.snapshot.texts if t.kind == "post"
    } == {
        "vidAAAAAAA1": ("Sports day\nLine one\nline two", "public", "2021-06-26"),
        "vidAAAAAAA2": ("Class 4B", "custom", "2021-06-25"),
        "vidAAAAAAA3": ("Draft", "only-me", "2021-06-25"),
    }
    assert found.items["videos"] == 3


def test_comments_are_put_together_from_their_pieces(tmp_path: Path) -> None:
    found = read_zip(tmp_path, members())
    assert {(t.where, t.value) for t in found.snapshot.texts if t.kind == "comment"} == {
        ("Ugx1", "It starts at 5:02 I think"),
        ("Ugx2", "Well done"),
        ("Ugx3", "plain text"),
    }
    assert found.items["comment"] == 3
    assert any(t.url == "https://www.youtube.com/watch?v=vidBBBBBBB1&lc=Ugx1" for t in found.snapshot.texts)


@pytest.mark.parametrize("form", ["NFC", "NFD"])  # archives packed on a Mac take letters and accents apart
@pytest.mark.parametrize(
    ("channel", "comments", "videos", "heads"),
    [
        (
            "kanaal.csv",
            "reacties.csv",
            "video_s.csv",
            (
                "Kanaal-ID,(Originele) kanaaltitel,Kanaalzichtbaarheid",
                "Reactie-ID,Kanaal-ID,Aanmaaktijdstempel reactie,Prijs,Video-ID,Reactietekst",
                "Video-ID,Geschatte duur (ms),Audiotaal van video,Videocategorie,Videobeschrijving (origineel),Kanaal-ID,Videotitel (origineel),Privacy,Videostatus,Tijdstempel aanmaaktijd video",
                "Openbaar",
            ),
        ),
        (
            "canal.csv",
            "comentarios.csv",
            "vídeos.csv",
            (
                "ID de canal,Título del canal (original),Visibilidad del canal",
                "ID de comentario,ID de canal,Marca de tiempo de creación del comentario,Precio,ID de vídeo,Texto del comentario",
                "ID de vídeo,Duración aproximada (ms),Idioma del audio del vídeo,Categoría del vídeo,Descripción del vídeo (original),ID de canal,Título del vídeo (original),Privacidad,Estado del vídeo,Marca de tiempo de creación del vídeo",
                "Público",
            ),
        ),
        (
            "canal.csv",
            "comentarii.csv",
            "videoclipuri.csv",
            (
                "ID-ul canalului,Titlul canalului (original),Vizibilitatea canalului",
                "ID-ul comentariului,ID-ul canalului,Marcajul temporal de creare a comentariului,Preț,ID-ul videoclipului,Textul comentariului",
                "ID-ul videoclipului,Durată aproximativă (ms),Limba conținutului audio din videoclip,Categorie de videoclipuri,Descrierea videoclipului (original),ID-ul canalului,Titlul videoclipului (original),Confidențialitate,Starea videoclipului,Marcajul temporal de creare a videoclipului",
                "Public",
            ),
        ),
        (
            "kanalas.csv",
            "komentarai.csv",
            "vaizdo įrašai.csv",
            (
                "Kanalo ID,Kanalo pavadinimas (pradinis),Kanalo matomumas",
                "Komentaro ID,Kanalo ID,Komentaro sukūrimo laiko žymė,Kaina,Vaizdo įrašo ID,Komentuoti tekstą",
                "Vaizdo įrašo ID,Apytikrė trukmė (ms),Vaizdo įrašo garso takelio kalba,Vaizdo įrašo kategorija,Vaizdo įrašo aprašas (originalas),Kanalo ID,Vaizdo įrašo pavadinimas (originalas),Privatumas,Vaizdo įrašo būsena,Vaizdo įrašo sukūrimo laiko žymė",
                "Viešas",
            ),
        ),
    ],
)
def test_other_languages_are_read(
    tmp_path: Path, channel: str, comments: str, videos: str, heads: tuple[str, ...], form: Any
) -> None:
    rows = {
        f"a/{channel}": f"{heads[0]}\n{ME},Jo Lee,{heads[3]}\n",
        f"b/{comments}": f'{heads[1]}\nUgx1,{ME},2020-04-20T18:52:40+00:00,0,vidBBBBBBB1,"{{""text"":""Hallo""}}"\n',
        f"c/{videos}": f"{heads[2]}\nvidAAAAAAA1,10,,x,about it,{ME},Sports day,{heads[3]},ok,2021-06-25T21:41:25+00:00\n",
    }
    found = read_zip(tmp_path, {unicodedata.normalize(form, name): body for name, body in rows.items()})
    assert found.snapshot.display_name == "Jo Lee"
    assert found.snapshot.flags == {"signed_out_visible": True}
    assert texts(found, "comment") == ["Hallo"]
    assert [(t.value, t.audience) for t in found.snapshot.texts if t.kind == "post"] == [
        ("Sports day\nabout it", "public")
    ]


def test_split_comments_and_live_chats_are_all_read(tmp_path: Path) -> None:
    chats = f'Live Chat ID,Channel ID,Live Chat Create Timestamp,Price,Video ID,Live Chat Text\nLc1,{ME},2020-04-20T18:52:40+00:00,0,vidBBBBBBB1,"{{""text"":""hi all""}}"\n'
    more = {
        f"{ROOT}/comments/comments(1).csv": COMMENTS.replace("Ugx", "Ugy"),
        f"{ROOT}/live chats/live chats.csv": chats,
    }
    assert read_zip(tmp_path, members(**more)).items["comment"] == 7


def test_the_layouts_before_2023_are_read(tmp_path: Path) -> None:
    page = '<html><body><ul><li>You added a <a href="http://www.youtube.com/watch?v=vidBBBBBBB1&amp;lc=Ugx1">comment</a> on <a href="http://www.youtube.com/watch?v=vidBBBBBBB1">a video</a> at 2019-03-01 12:00:00 UTC.<br/>Well &amp; good</li></ul></body></html>'
    video = [
        {
            "id": "vidAAAAAAA1",
            "snippet": {"title": "Sports day", "description": "", "publishedAt": "2019-03-01T12:00:00.000Z"},
            "status": {"privacyStatus": "unlisted"},
        }
    ]
    found = read_zip(
        tmp_path, {f"{ROOT}/my-comments/my-comments.html": page, f"{ROOT}/videos/Sports day.json": video}
    )
    assert {(t.where, t.value, t.kind, t.audience, t.date) for t in found.snapshot.texts} == {
        ("vidAAAAAAA1", "Sports day", "post", "custom", "2019-03-01T12:00:00Z"),
        ("Ugx1", "Well & good", "comment", "", "2019-03-01T12:00:00Z"),
    }


def test_what_was_watched_and_searched_stays_shut(tmp_path: Path) -> None:
    shut: dict[str, Any] = {
        f"{ROOT}/history/watch-history.json": [{"title": CANARY}],
        f"{ROOT}/history/search-history.html": f"<p>{CANARY}</p>",
        f"{ROOT}/history/videos.csv": VIDEOS.replace("Draft", CANARY),
        f"{ROOT}/subscriptions/subscriptions.csv": f"Channel Id,Channel Url,Channel Title\n{ME},x,{CANARY}\n",
        f"{ROOT}/playlists/Watch later-videos.csv": f"Video ID,Time\nvidAAAAAAA1,{CANARY}\n",
        "Takeout/Location History/Records.json": {"locations": [{"x": CANARY}]},
        "Takeout/My Activity/Search/MyActivity.json": [{"title": CANARY}],
        "Takeout/Mail/All mail.mbox": CANARY,
        "Takeout/Contacts/All/All.csv": CANARY,
    }
    opened, told = opened_and_told(tmp_path, members(), shut)
    assert not opened & set(shut)
    assert "plain text" in told
    assert CANARY not in told


@pytest.mark.parametrize("cell", ["", "{", '{""text"":', '{""text"":7}', "{}", "[]", "null"])
def test_odd_pieces_do_no_harm(tmp_path: Path, cell: str) -> None:
    body = COMMENTS + f'Ugx9,{ME},2020-04-22T09:00:00+00:00,0,,,vidBBBBBBB1,"{cell}",\n'
    assert read_zip(tmp_path, members(**{f"{ROOT}/comments/comments.csv": body})).items["comment"] in (3, 4)


def test_a_table_alone_is_known(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(COMMENTS, encoding="utf-8-sig")
    (found,) = read(file)
    assert (found.account.platform, found.items["comment"]) == ("youtube", 3)


def test_a_private_channel_is_told(tmp_path: Path) -> None:
    found = read_zip(
        tmp_path, members(**{f"{ROOT}/channels/channel.csv": CHANNEL.replace("Public", "Private")})
    )
    assert found.snapshot.flags == {"private": True}


def test_pieces_survive_as_json(tmp_path: Path) -> None:
    tricky = json.dumps({"text": 'a "quoted", \\ line\nbreak'}).replace('"', '""')
    body = COMMENTS.splitlines()[0] + f'\nUgx1,{ME},2020-04-20T18:52:40+00:00,0,,,vidBBBBBBB1,"{tricky}",\n'
    assert texts(read_zip(tmp_path, members(**{f"{ROOT}/comments/comments.csv": body})), "comment") == [
        'a "quoted", \\ line\nbreak'
    ]

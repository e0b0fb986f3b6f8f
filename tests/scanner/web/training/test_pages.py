"""The session's pages: who may do what, votes without names, and a report that gets shorter."""

from __future__ import annotations

import asyncio

import pytest

from scanner.errors import PartMissing
from scanner.training.fixing import changes
from scanner.training.trial import names
from scanner.web.shield import HEADERS
from scanner.web.training.app import OPEN, PATHS
from tests import builders
from tests.scanner.web.training.players import BASE, Trainer, as_lead, as_team, csrf, session, visitor


def run(job):
    return asyncio.run(job)


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p, _ in PATHS])
def test_a_stranger_gets_no_further_than_the_code(method, path):
    async def go():
        _, app = session()
        async with visitor(app) as client:
            answer = await client.request(method, path.format(token="wrong"))
            if path in OPEN and method == "GET":
                assert answer.status_code in {200, 303}
            elif (method, path) == ("POST", "/join"):
                assert answer.status_code in {400, 403}
            else:
                assert answer.status_code == 404, (method, path)
            for name in ("content-security-policy", "x-frame-options", "cache-control"):
                assert answer.headers[name] == HEADERS[name]

    run(go())


def test_the_big_screens_address_works_once():
    async def go():
        room, app = session()
        token = room.token
        async with as_lead(room, app) as lead, visitor(app) as other:
            assert (await lead.get("/lead")).status_code == 200
            assert (await other.get(f"/open/{token}")).status_code == 404

    run(go())


@pytest.mark.parametrize("code", ["", "000000", "12345", "123456 OR 1=1", "é"])
def test_a_wrong_code_gives_no_seat(code):
    async def go():
        room, app = session()
        async with as_team(app, code) as client:
            assert (await client.get("/team")).status_code == 404
        assert room.game.teams == []

    run(go())


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/lead"), ("POST", "/lead"), ("GET", "/pack.pdf"), ("GET", "/pack.html")]
)
def test_a_team_cannot_steer(method, path):
    async def go():
        room, app = session()
        async with as_team(app) as client:
            token = csrf(await client.get("/join", follow_redirects=True)) if room.game.now else ""
            answer = await client.request(
                method, path, data={"csrf": token, "do": "reveal"} if method == "POST" else None
            )
            assert answer.status_code == 403

    run(go())


def test_a_form_without_its_token_or_from_elsewhere_is_refused():
    async def go():
        room, app = session()
        async with as_lead(room, app) as lead:
            assert (await lead.post("/lead", data={"do": "start:spot:sport"})).status_code == 403
            token = csrf(await lead.get("/lead"))
            form = {"csrf": token, "do": "start:spot:sport"}
            away = {"origin": "http://evil.example"}
            assert (await lead.post("/lead", data=form, headers=away)).status_code == 403
            assert room.game.now is None
            assert (await lead.post("/lead", data=form)).status_code == 303
            assert room.game.now is not None

    run(go())


def test_a_round_from_start_to_reveal():
    async def go():
        member_key = "sport"
        room, app = session()
        member = room.trainer.cast.by_key[member_key]
        plant = next(one for one in member.plants if one.lesson == "location-run")
        path = next(p.path for p in member.profiles if p.name == plant.profile)
        said = builders.assessment(
            check=plant.check,
            level="finding",
            profile=f"http://127.0.0.1:9{path}",
            location=builders.location(plant.where),
            excerpt="a loop from my door",
            band="today",
        )
        assert names(said, plant, member)
        room.trainer.said = (said,)
        await room.watch()
        async with as_lead(room, app) as lead, as_team(app) as team:
            await lead.post(
                "/lead", data={"csrf": csrf(await lead.get("/lead")), "do": f"start:spot:{member_key}"}
            )
            page = await team.get("/team")
            assert "a loop from my door" not in page.text
            assert member.profiles[0].path in page.text
            right = [option.id for option in room.game.now.options if option.right]
            answer = await team.post("/team", data={"csrf": csrf(page), "tick": right, "rating": "today"})
            assert answer.status_code == 303
            assert (await team.get("/state.json")).json()["votes"] == 1
            await lead.post("/lead", data={"csrf": csrf(await lead.get("/lead")), "do": "reveal"})
            shown = (await lead.get("/lead")).text
            assert ("a loop from my door" in shown) is any(o.plant == plant for o in room.game.now.options)
            assert "The scanner says: Today." in shown
            assert f"You got {len(right) + 1} points here." in (await team.get("/team")).text

    run(go())


def test_the_scanners_figures_stand_on_the_big_screen():
    async def go():
        room, app = session()
        async with as_lead(room, app) as lead:
            assert "0 of 16 made-up people so far" in (await lead.get("/lead")).text
            await room.watch()
            page = (await lead.get("/lead")).text
            planted = len(room.trainer.cast.plants)
            assert f"It found 0 of {planted} things" in page  # this trainer's scanner sees nothing
            assert "It missed:" in page

    run(go())


def test_a_look_that_fails_is_said_and_the_others_go_on():
    class Broken(Trainer):
        async def look(self, member, /):
            if member.key == "sport":
                raise PartMissing("there is no browser")
            return await super().look(member)

    async def go():
        room, app = session(Broken())
        await room.watch()
        assert len(room.outcomes) == 15
        async with as_lead(room, app) as lead:
            assert "there is no browser" in (await lead.get("/lead")).text

    run(go())


def test_putting_a_page_right_and_scanning_again():
    async def go():
        room, app = session()
        member = room.trainer.cast.by_key["infants"]
        async with as_lead(room, app) as lead, as_team(app) as team:
            await lead.post("/lead", data={"csrf": csrf(await lead.get("/lead")), "do": "fix:infants"})
            page = await team.get("/fix")
            chosen = {c.id: "drop" for c in changes(member) if c.plant.lesson != "settings"}
            await team.post("/fix", data={"csrf": csrf(page), **chosen})
            await room.mending(0, "infants").task
            posts = {plant.where for plant in member.plants}
            assert all(
                post.id not in posts
                for person in room.trainer.changed[0]
                for post in person.posts
                if person.name == "infants-1"
            )
            assert all(not person.open for person in room.trainer.changed[0])  # no switch was left on
            assert "A stranger finds nothing more here" in (await team.get("/fix")).text

    run(go())


def test_one_scan_of_a_team_at_a_time_and_a_failed_one_is_said():
    async def go():
        trainer = Trainer(hold=asyncio.Event(), error=PartMissing("the browser is gone"))
        room, app = session(trainer)
        async with as_lead(room, app) as lead, as_team(app) as team:
            await lead.post("/lead", data={"csrf": csrf(await lead.get("/lead")), "do": "fix:infants"})
            form = {"csrf": csrf(await team.get("/fix"))}
            assert (await team.post("/fix", data=form)).status_code == 303
            assert (await team.get("/state.json")).json()["busy"] is True
            assert (await team.post("/fix", data=form)).status_code == 409
            trainer.hold.set()
            await room.mending(0, "infants").task
            assert "the browser is gone" in (await team.get("/fix")).text
        await room.end()

    run(go())


def test_a_vote_when_nothing_is_open_is_a_kind_sentence():
    async def go():
        room, app = session()
        async with as_lead(room, app) as lead, as_team(app) as team:
            await lead.post("/lead", data={"csrf": csrf(await lead.get("/lead")), "do": "start:quiz:1"})
            form = {"csrf": csrf(await team.get("/team")), "tick": "1"}
            await lead.post("/lead", data={"csrf": csrf(await lead.get("/lead")), "do": "stop"})
            answer = await team.post("/team", data=form)
            assert answer.status_code == 409
            assert "Nothing is open for votes" in answer.text

    run(go())


def test_the_thirteenth_team_is_asked_to_share():
    async def go():
        room, app = session()
        for _ in range(12):
            async with as_team(app):
                pass
        async with visitor(app) as late:
            answer = await late.post("/join", data={"code": "123456"})
            assert "Share a phone" in answer.text
        assert len(room.game.teams) == 12

    run(go())


def test_the_pack_comes_as_files_with_the_schools_own_name():
    async def go():
        room, app = session()
        async with as_lead(room, app) as lead:
            html = await lead.get("/pack.html")
            assert room.pack.name in html.text
            assert "attachment" in html.headers["content-disposition"]
            assert (await lead.get("/pack.pdf")).content.startswith(b"%PDF")

    run(go())


def test_only_known_names_of_this_computer_are_answered():
    async def go():
        room, app = session()
        async with as_lead(room, app) as lead:
            assert (await lead.get("/lead", headers={"host": "evil.example"})).status_code == 404
            assert (
                await lead.get("/lead", headers={"host": BASE.removeprefix("http://")})
            ).status_code == 200

    run(go())


def test_ending_the_session_ends_the_program():
    async def go():
        room, app = session()
        async with as_lead(room, app) as lead:
            await lead.post("/lead", data={"csrf": csrf(await lead.get("/lead")), "do": "leave"})
        assert room.leaving

    run(go())

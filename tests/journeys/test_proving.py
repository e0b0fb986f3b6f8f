"""A person shows that a page is theirs with a code in its bio, from the first command to the report."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.journeys.command import World

pytestmark = pytest.mark.browser

PAGE = (
    "<!doctype html><html lang=en><title>Robin Vale</title><main><h1>Robin Vale</h1>"
    '<p class="bio">Bread, rain and bicycles. {code}</p>'
    "<article><time datetime=2026-03-01>1 March</time><p>A long walk by the river today.</p></article></main>"
)


class Own:
    """A page whose bio its owner can change."""

    code = ""


@pytest.fixture
def page() -> Iterator[tuple[Own, str]]:
    own = Own()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            if found:
                self.wfile.write(PAGE.format(code=own.code).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield own, f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_code_is_handed_out_looked_for_and_forgotten(world: World, page: tuple[Own, str]) -> None:
    own, address = page
    command = ("check", f"http://{address}/", "--prove", "--yes", "--allow-address", address)
    kept = world.base / "home/.local/share/exposure-scanner/ownership-code.json"

    asked = world.run(*command, "--out", "never")
    assert asked.code == 0, asked.err
    assert "Nothing was opened yet" in asked.err
    assert not (world.base / "never").exists()
    code = re.search(r"^    (\w{6}\d\d)$", asked.err, re.MULTILINE)[1]  # type: ignore[index]
    assert kept.exists()

    early = world.run(*command, "--out", "early")
    assert f"was not there: http://{address}/" in early.err
    assert json.loads((world.base / "early/report.json").read_text())["ownership"] == "declared"
    assert kept.exists()

    own.code = code
    done = world.run(*command, "--out", "report")
    assert "You can take it out now" in done.err, done.err
    assert json.loads((world.base / "report/report.json").read_text())["ownership"] == "code"
    assert "with a code in your bio" in (world.base / "report/report.html").read_text()
    assert all(code not in file.read_text() for file in (world.base / "report").glob("report.[hj]*"))
    assert not kept.exists()


def test_a_saved_page_shows_nothing_about_who_owns_it(world: World) -> None:
    saved = world.base / "saved.html"
    address = "https://toast.example/"
    command = ("check", "--page", f"{address}={saved}", "--prove", "--yes", "--out", "report")
    saved.write_text(PAGE.format(code=""))
    asked = world.run(*command)
    code = re.search(r"^    (\w{6}\d\d)$", asked.err, re.MULTILINE)[1]  # type: ignore[index]
    saved.write_text(PAGE.format(code=code))
    done = world.run(*command)
    assert "cannot show that a profile is yours" in done.err
    assert json.loads((world.base / "report/report.json").read_text())["ownership"] == "declared"

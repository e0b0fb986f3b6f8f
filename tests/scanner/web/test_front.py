"""A school's server does not start where reports could be read on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.errors import UsageError
from scanner.web.front import front

NAME = "scanner.school.example"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"address": "0.0.0.0"}, "travel in the clear"),  # noqa: S104
        ({"address": "192.0.2.1", "names": [NAME]}, "travel in the clear"),
        ({"address": "::"}, "travel in the clear"),
        ({"address": "0.0.0.0", "proxy": True}, "give the name"),  # noqa: S104 - any Host header would do
        ({"proxy": True}, "give the name"),
        ({"cert": "cert.pem"}, "belong together"),
        ({"key": "key.pem"}, "belong together"),
        ({"cert": "cert.pem", "key": "key.pem"}, "give the name"),
        ({"cert": "cert.pem", "key": "gone.pem", "names": [NAME]}, "is not there"),
        ({"cert": "cert.pem", "key": "key.pem", "proxy": True, "names": [NAME]}, "not both"),
        ({"address": "localhost"}, "not a network address"),
        ({"names": ["https://school.example"], "proxy": True}, "bare name"),
        ({"names": ["school.example/x"], "proxy": True}, "bare name"),
        ({"names": ["a\r\nb"], "proxy": True}, "bare name"),
        ({"names": ["*"], "proxy": True}, "bare name"),
    ],
)
def test_what_would_be_unsafe_is_refused_in_one_sentence(
    options: dict[str, Any], says: str, tmp_path: Path
) -> None:
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("pem")
    paths = {name: tmp_path / options.pop(name) for name in ("cert", "key") if name in options}
    with pytest.raises(UsageError, match=says):
        front(**options, **paths)


def test_on_this_computer_alone_nothing_is_asked() -> None:
    here = front()
    assert here.hosts == {"127.0.0.1:8480", "localhost:8480"}
    assert not here.secure
    assert here.cookie == "scanner-8480"
    assert here.home == "http://127.0.0.1:8480/"


def test_behind_a_proxy_only_the_name_is_known_and_cookies_are_bound() -> None:
    here = front(names=[NAME.upper()], proxy=True)
    assert here.hosts == {NAME, f"{NAME}:8480"}
    assert here.secure
    assert here.cookie == "__Host-scanner"
    assert here.home == f"https://{NAME}/"

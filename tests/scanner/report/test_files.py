"""Writing a report: private, all or nothing, never over something else."""

from __future__ import annotations

import errno
import io
import json
import os
import stat
from datetime import date

import pikepdf
import pytest

from scanner.errors import DeliveryError, UsageError
from scanner.report import default_folder, files, write
from tests import builders

MARK = "Robin Vale"


def printed():
    """A one-page PDF whose title names its owner."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Title"] = MARK
        document.save(out)
    return out.getvalue()


def told():
    return builders.report(builders.assessment())


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_report_is_three_files_that_only_their_owner_can_open(tmp_path):
    folder = tmp_path / "deep" / "report"
    pdf = printed()
    written = write(told(), folder, pdf=pdf)
    assert written.files == ("report.html", "report.json", "report.pdf")
    assert sorted(p.name for p in folder.iterdir()) == list(written.files)
    assert mode(folder) == 0o700
    assert {mode(p) for p in folder.iterdir()} == {0o600}
    assert json.loads((folder / "report.json").read_text())["school"] == "Harfield Green School"
    assert "<h1>" in (folder / "report.html").read_text(encoding="utf-8")
    assert (folder / "report.pdf").read_bytes() == pdf
    assert written.passphrase == ""


def test_an_empty_folder_is_used_and_made_private(tmp_path):
    tmp_path.chmod(0o755)
    assert write(told(), tmp_path, pdf=None).files == ("report.html", "report.json")
    assert mode(tmp_path) == 0o700


def test_nothing_is_ever_overwritten(tmp_path):
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        write(told(), tmp_path, pdf=None)
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").read_text() == "mine"


def test_a_file_in_the_folder_s_place_is_a_usage_error(tmp_path):
    place = tmp_path / "report"
    place.write_text("mine")
    with pytest.raises(UsageError, match="not a folder"):
        write(told(), place, pdf=None)
    with pytest.raises(DeliveryError, match="nothing was left"):
        write(told(), place / "below", pdf=None)


@pytest.mark.parametrize("existing", [True, False])
@pytest.mark.parametrize(
    ("error", "raised", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), DeliveryError, "disk is full"),
        (OSError(errno.EIO, "Input/output error"), DeliveryError, "Input/output error"),
        (KeyboardInterrupt(), KeyboardInterrupt, None),  # Ctrl-C while writing
    ],
)
def test_when_the_disk_says_no_nothing_half_written_is_left(
    tmp_path, monkeypatch, existing, error, raised, says
):
    folder = tmp_path / "report"
    if existing:
        folder.mkdir()
    writes = []

    def full_at_the_second_file(handle):
        writes.append(handle)
        if len(writes) == 2:
            raise error

    monkeypatch.setattr(os, "fsync", full_at_the_second_file)
    with pytest.raises(raised, match=says):
        write(told(), folder, pdf=printed())
    assert len(writes) == 2
    assert folder.exists() == existing
    assert not existing or list(folder.iterdir()) == []


def test_an_encrypted_pdf_opens_with_its_words_alone(tmp_path):
    written = write(told(), tmp_path / "report", pdf=printed(), encrypt=True)
    assert written.files == ("report.html", "report.json", "report.pdf")
    locked = written.folder / "report.pdf"
    assert mode(locked) == 0o600
    assert MARK.encode() not in locked.read_bytes()
    for wrong in ("", "acorn-acorn-acorn-acorn"):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(locked, password=wrong)
    with pikepdf.open(locked, password=written.passphrase) as document:
        assert (document.encryption.R, document.encryption.bits) == (6, 256)
        assert document.allow.accessibility
        assert str(document.docinfo["/Title"]) == MARK


def test_without_a_pdf_there_is_nothing_to_encrypt_and_nothing_is_written(tmp_path):
    with pytest.raises(DeliveryError):
        write(told(), tmp_path / "report", pdf=None, encrypt=True)
    assert list(tmp_path.iterdir()) == []


def test_the_passphrase_is_not_shown_by_accident(tmp_path):
    written = write(told(), tmp_path / "report", pdf=printed(), encrypt=True)
    assert written.passphrase not in repr(written)


def test_passphrases_are_four_plain_words_of_forty_bits():
    words = files.word_list()
    assert len(set(words)) == len(words) >= 1024
    assert all(word.isascii() and word.islower() and word.isalpha() and 3 <= len(word) <= 8 for word in words)
    assert files.bits() >= 40
    made = {files.passphrase() for _ in range(200)}
    assert len(made) == 200
    assert all(len(one.split("-")) == 4 and set(one.split("-")) <= set(words) for one in made)


def test_the_default_folder_is_one_that_is_not_there_yet(tmp_path):
    day = date(2026, 3, 3)
    assert default_folder(day, home=tmp_path).name == "exposure-report-2026-03-03"
    (tmp_path / "exposure-report-2026-03-03").mkdir()
    (tmp_path / "exposure-report-2026-03-03-2").symlink_to("nowhere")
    assert default_folder(day, home=tmp_path).name == "exposure-report-2026-03-03-3"

"""Delivery: notes by e-mail, over TLS, through the one mail server that the school names."""

from __future__ import annotations

import os
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

from scanner.errors import DeliveryError, UsageError

DEADLINE = 30.0
"""Seconds for each step of talking to the server."""
PORTS = {"smtp": 587, "smtps": 465}
PERMANENT = 500
"""Reply codes from here on mean: do not try again."""


class Undeliverable(DeliveryError):
    """The server took the connection and turned this one address away for good."""


@dataclass(frozen=True, slots=True)
class Mailer:
    """A mail server. `implicit`: TLS from the first byte; else STARTTLS, without which nothing is sent."""

    host: str
    port: int
    sender: str
    implicit: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand one note to the server.

        Raises:
            Undeliverable: the address was turned away for good.
            DeliveryError: it did not work this time.
        """
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            if min(codes, default=0) >= PERMANENT:
                raise Undeliverable("the mail server does not know an address") from None
            raise DeliveryError("the mail server turned a note away for now") from None
        except smtplib.SMTPNotSupportedError:
            raise DeliveryError(f"the mail server {self.host} offers no TLS; nothing was sent") from None
        except ssl.SSLError as error:
            reason = getattr(error, "verify_message", "") or error.reason or "TLS failed"
            raise DeliveryError(f"the mail server {self.host} cannot be trusted: {reason}") from None
        except smtplib.SMTPAuthenticationError:
            raise DeliveryError(f"the mail server {self.host} refused our name and password") from None
        except (OSError, smtplib.SMTPException) as error:
            said = getattr(error, "strerror", None) or type(error).__name__
            raise DeliveryError(f"the mail server {self.host} could not be used: {said}") from None

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
        server: smtplib.SMTP
        if self.implicit:
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=DEADLINE, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=DEADLINE)
        try:
            if not self.implicit:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def mailer_of(url: str, *, sender: str, ca: Path | None = None) -> Mailer:
    """A mail server from its address: smtp://user@host:587 (STARTTLS) or smtps://user@host:465.

    The password is read from the file that SCANNER_SMTP_PASSWORD_FILE names, never from the address.

    Raises:
        UsageError: the address makes no sense, or holds a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        raise UsageError("the mail server's address has no sensible port") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise UsageError("the mail server's address looks like smtps://user@mail.example:465")
    if parts.password:
        raise UsageError("put the mail password into a file and name it in SCANNER_SMTP_PASSWORD_FILE")
    if sender.count("@") != 1 or not sender.isprintable():
        raise UsageError("SCANNER_MAIL_FROM must be the e-mail address that notes come from")
    password = ""
    if file := os.environ.get("SCANNER_SMTP_PASSWORD_FILE"):
        try:
            password = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise UsageError(f"the mail password cannot be read from {file}: {error.strerror}") from None
    return Mailer(
        parts.hostname, port, sender, parts.scheme == "smtps", unquote(parts.username or ""), password, ca
    )

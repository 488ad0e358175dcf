"""Messages as they come back."""
import smtplib
from email.message import EmailMessage

import pytest

PNG = b"\x89PNG\r\n\x1a\n\x00\xff"


@pytest.fixture
def message(double):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ann <ann@example.org>", "bob@example.com", "Grüße 😀"
    mail["X-Tag"] = "one"
    mail["x-tag"] = "two"
    mail.set_content("Hällo\n")
    mail.add_alternative("<p>Hällo</p>\n", subtype="html")
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="Bild ä.png")
    with smtplib.SMTP(double.host, double.port) as client:
        client.send_message(mail, from_addr="bounce@example.org", to_addrs=["bob@example.com", "carl@example.com"])
    return double.wait_for_message()


def test_envelope_and_header(message):
    assert (message.sender, message.recipients) == ("bounce@example.org", ["bob@example.com", "carl@example.com"])
    assert (message.subject, message.session, message.outcome[:3]) == ("Grüße 😀", 1, "250")
    assert (message.headers["SUBJECT"], message.headers.get_all("X-Tag")) == ("Grüße 😀", ["one", "two"])
    assert "x-tag" in message.headers and "X-None" not in message.headers
    assert len(message.headers) == len(set(message.headers))
    with pytest.raises(KeyError):
        message.headers["X-None"]
    assert "bob@example.com" in repr(message)
    assert (message.auth_user, message.tls, message.findings) == (None, None, [])
    assert message.helo


def test_content(message):
    assert (message.text.strip(), message.html.strip()) == ("Hällo", "<p>Hällo</p>")
    (attachment,) = message.attachments
    assert (attachment.file_name, attachment.type) == ("Bild ä.png", "image/png")
    assert (attachment.size, attachment.disposition) == (len(PNG), "attachment")
    assert attachment.content == PNG
    assert "Bild" in repr(attachment)


def test_octets(message):
    assert len(message.raw) == message.size
    mail = message.as_email()
    assert (mail["Subject"], mail.get_body(("plain",)).get_content().strip()) == ("Grüße 😀", "Hällo")
    assert [part.get_content() for part in mail.iter_attachments()] == [PNG]


def test_the_null_sender(double):
    with smtplib.SMTP(double.host, double.port) as client:
        client.sendmail("", ["bob@example.com"], b"no header\r\n")
    message = double.wait_for_message()
    assert (message.sender, message.subject, message.html, message.attachments) == ("", None, None, [])

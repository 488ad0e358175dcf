"""Contents with something in them."""
from email.message import EmailMessage
from email.policy import SMTP as CRLF

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
HTML = "<p onclick='x()'>H\u00e4llo <img src='cid:logo@x'><script>alert(1)</script></p>"


def multipart():
    """Text, HTML with an image inside, and an attachment."""
    mail = EmailMessage(policy=CRLF)
    mail["From"] = "Ann <ann@example.org>"
    mail["To"] = "bob@example.com"
    mail["Subject"] = "Gr\u00fc\u00dfe \U0001F600 an alle"
    mail["Message-ID"] = "<one@example.org>"
    mail["X-Tag"] = "blue-7"
    mail.set_content("H\u00e4llo Bob\r\n")
    mail.add_alternative(HTML, subtype="html")
    mail.get_payload()[1].add_related(PNG, "image", "png", cid="<logo@x>", filename="logo.png", disposition="inline")
    mail.add_attachment(b"%PDF-\x00\xff", maintype="application", subtype="pdf", filename="R\u00e9sum\u00e9 <1>.pdf")
    return mail.as_bytes()

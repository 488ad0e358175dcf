"""Sends standard input with smtplib: the argument says in JSON how (Mail in mail_clients.py); prints what it told us."""
import json
import smtplib
import ssl
import sys


def context(tls):
    made = ssl.create_default_context(cafile=tls["ca"])
    if tls["crl"]:
        made.load_verify_locations(tls["crl"])
        made.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    if tls["identity"]:
        made.load_cert_chain(tls["identity"])
    return made


def connect(mail):
    place = {"host": mail["host"], "port": mail["port"], "local_hostname": mail["helo"], "timeout": mail["timeout"]}
    if mail["tls"] and mail["tls"]["implicit"]:
        return smtplib.SMTP_SSL(**place, context=context(mail["tls"]))
    return smtplib.SMTP(**place)


def send(mail, content):
    with connect(mail) as server:
        if mail["tls"] and not mail["tls"]["implicit"]:
            server.starttls(context=context(mail["tls"]))
        if mail["login"]:
            server.login(mail["login"]["user"], mail["login"]["secret"])
        is_ascii = (mail["sender"] + mail["recipient"]).isascii()
        server.sendmail(mail["sender"], mail["recipient"], content, [] if is_ascii else ["SMTPUTF8"])


def as_text(text):
    return text if isinstance(text, str) else text.decode()


try:
    send(json.loads(sys.argv[1]), sys.stdin.buffer.read())
    told = {}
except smtplib.SMTPRecipientsRefused as error:
    (code, text), = error.recipients.values()
    told = {"error": type(error).__name__, "code": code, "text": as_text(text), "message": str(error)}
except smtplib.SMTPResponseException as error:
    told = {"error": type(error).__name__, "code": error.smtp_code, "text": as_text(error.smtp_error),
            "message": str(error)}
except (smtplib.SMTPException, OSError) as error:
    told = {"error": type(error).__name__, "message": str(error)}
print(json.dumps(told))
sys.exit(1 if told else 0)

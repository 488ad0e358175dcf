"""Sends standard input with smtplib: PORT HELO SENDER RECIPIENT TIMEOUT; prints as JSON what it told us."""
import json
import smtplib
import sys

port, name, sender, recipient, timeout = sys.argv[1:]
try:
    with smtplib.SMTP("127.0.0.1", int(port), name, float(timeout)) as server:
        server.sendmail(sender, recipient, sys.stdin.buffer.read())
    told = {}
except smtplib.SMTPRecipientsRefused as error:
    (code, text), = error.recipients.values()
    told = {"error": type(error).__name__, "code": code, "text": text.decode()}
except smtplib.SMTPResponseException as error:
    text = error.smtp_error if isinstance(error.smtp_error, str) else error.smtp_error.decode()
    told = {"error": type(error).__name__, "code": error.smtp_code, "text": text}
except (smtplib.SMTPException, OSError) as error:
    told = {"error": type(error).__name__, "message": str(error)}
print(json.dumps(told))
sys.exit(1 if told else 0)

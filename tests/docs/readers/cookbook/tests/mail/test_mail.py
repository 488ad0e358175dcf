"""The tests of an application that tries again, twice."""
import os
import smtplib


def deliver(recipient, attempts):
    try:
        with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])) as client:
            client.sendmail("me@example.org", [recipient], "Subject: Welcome\r\n\r\nHello Ann.\r\n")
    except smtplib.SMTPRecipientsRefused:
        if attempts == 1:
            raise
        deliver(recipient, attempts - 1)


def test_a_welcome_is_sent():
    deliver("ann@example.com", attempts=3)

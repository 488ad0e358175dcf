"""The tests of an application that does not try again."""
import os
import smtplib


def test_a_welcome_is_sent():
    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])) as client:
        client.sendmail("me@example.org", ["ann@example.com"], "Subject: Welcome\r\n\r\nHello Ann.\r\n")

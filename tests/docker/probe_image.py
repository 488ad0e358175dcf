"""Run by script/test-docker in the network and process namespaces of a server in its image: probe_image.py CODE STATUS

The server answers RCPT for rcpt-550@example.com with CODE, its API those who have no token with STATUS, and it is a
process that may do nothing but serve.
"""
import smtplib
import sys
import urllib.error
import urllib.request


def status_of_the_server():
    with open("/proc/1/status", encoding="ascii") as lines:
        return dict(line.rstrip().split(":\t", 1) for line in lines)


def reply_to(recipient):
    with smtplib.SMTP("127.0.0.1", 1025, timeout=30) as client:
        client.ehlo()
        client.mail("me@example.org")
        return client.rcpt(recipient)[0]


def status_without_token():
    try:
        with urllib.request.urlopen("http://127.0.0.1:8025/v1/version", timeout=30) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def main():
    found = {
        "users": status_of_the_server()["Uid"].split(),
        "groups": status_of_the_server()["Gid"].split(),
        "capabilities": int(status_of_the_server()["CapEff"], 16),
        "no new privileges": status_of_the_server()["NoNewPrivs"],
        "ann": reply_to("ann@example.com"),
        "rcpt-550": reply_to("rcpt-550@example.com"),
        "the API": status_without_token(),
    }
    expected = {"users": ["10001"] * 4, "groups": ["10001"] * 4, "capabilities": 0, "no new privileges": "1",
                "ann": 250, "rcpt-550": int(sys.argv[1]), "the API": int(sys.argv[2])}
    wrong = [f"{what}: {found[what]}, not {value}" for what, value in expected.items() if found[what] != value]
    sys.exit("\n".join(wrong) or 0)


main()

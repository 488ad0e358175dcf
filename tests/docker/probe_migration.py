"""Run by script/test-docker in the network of docker/migration: what the application sends is there to see."""
import json
import sys
import urllib.request


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data), timeout=60) as response:
        return json.load(response)


def main():
    mail = {"sender": "shop@example.org", "recipient": "ann@example.com", "subject": "Moved", "text": "Hi.\n"}
    number = ask("http://app:8080/mails", mail)["id"]
    report = ask(f"http://app:8080/mails/{number}?wait=30")
    messages = ask("http://mail:8025/v1/doubles/main/messages")["messages"]
    if report["state"] != "sent" or [message["subject"] for message in messages] != ["Moved"]:
        sys.exit(f"{report} {messages}")


main()

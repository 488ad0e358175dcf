"""What is kept in folders: messages, their envelopes and the journal, whatever kills the program."""
import json
import random
import threading
import unittest
from pathlib import Path

from server_process import PATIENCE, ServerProcess, run, until
from smtp_peer import Peer, connect

KILLS = 50
CLIENTS = 6


def send(client, content, recipient="you@example.com"):
    """One message, and the last reply to it."""
    for line, code in (("MAIL FROM:<me@example.org>", 250), (f"RCPT TO:<{recipient}>", 250), ("DATA", 354)):
        client.send(line + "\r\n")
        client.expect(code)
    client.send(content + b"\r\n.\r\n")
    return client.reply()


def greet(client, verb="EHLO"):
    client.expect(220)
    client.ask(f"{verb} me.test")


def files(folder):
    """Name and octets of each file there is."""
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()} if Path(folder).is_dir() else {}


def messages(folder):
    return files(Path(folder, "new"))


def envelopes(folder):
    return {name.removesuffix(".json"): json.loads(text) for name, text in files(Path(folder, "envelopes")).items()}


def entries(folder):
    """The whole lines of all its files, in their order."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(folder).glob("journal-*.ndjson"))]
    return [json.loads(line) for text in texts for line in text.splitlines(keepends=True) if line.endswith("\n")]


class Mail(unittest.TestCase):
    def test_a_message_has_its_octets_and_its_envelope(self):
        for durable in ([], ["--durable"]):
            with ServerProcess((), "--mail-dir", "mail", *durable) as server:
                folder = server.folder / "mail"
                with connect(server) as client:
                    greet(client)
                    client.send("MAIL FROM:<me@example.org> SIZE=12\r\nRCPT TO:<you@example.com> NOTIFY=NEVER\r\nDATA\r\n")
                    client.replies(3)
                    client.send(b"Subject: x\r\n\r\n..a\r\n\xff\0b\r\n.\r\n")
                    self.assertTrue(client.reply().startswith("250"))
                until(lambda: messages(folder), "the message")
                [(name, octets)] = messages(folder).items()
                self.assertEqual(octets, b"Subject: x\r\n\r\n.a\r\n\xff\0b\r\n")
                envelope = envelopes(folder)[name]
                self.assertEqual(envelope["sender"], "me@example.org")
                self.assertEqual(envelope["helo"], "me.test")
                self.assertEqual(envelope["parameters"], "SIZE=12")
                self.assertEqual(envelope["client"].rpartition(":")[0], "127.0.0.1")
                self.assertEqual(envelope["tls"], None)
                self.assertRegex(envelope["at"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
                [recipient] = envelope["recipients"]
                self.assertEqual((recipient["mailbox"], recipient["parameters"]), ("you@example.com", "NOTIFY=NEVER"))
                self.assertTrue(recipient["outcome"].startswith("250 2.0.0 "))
                self.assertEqual(files(folder / "tmp"), {})

    def test_what_is_refused_is_not_kept(self):
        with ServerProcess((), "--mail-dir", "mail", "--durable") as server, connect(server) as client:
            greet(client)
            self.assertTrue(send(client, b"x", "message-554@example.com").startswith("554"))
            self.assertTrue(send(client, b"y").startswith("250"))
            self.assertEqual(list(messages(server.folder / "mail").values()), [b"y\r\n"])

    def test_a_durable_message_that_cannot_be_kept_is_refused(self):
        with ServerProcess((), "--mail-dir", "mail", "--durable") as server, connect(server) as client:
            folder = server.folder / "mail"
            greet(client)
            (folder / "tmp").rename(folder / "away")
            for _ in range(3):
                self.assertTrue(send(client, b"lost").startswith("451 4.3.0 "))
            (folder / "away").rename(folder / "tmp")
            self.assertTrue(send(client, b"kept").startswith("250"))
            self.assertEqual(list(messages(folder).values()), [b"kept\r\n"])
            server.stop()
            self.assertEqual(server.log.text().count("No such file or directory"), 1, "told once a minute")

    def test_each_recipient_of_lmtp_is_answered_for(self):
        scenario = "rules: [{at: message, when: {recipient: eve@example.com}, reply: 550 5.1.1 No}]"
        with ServerProcess(scenario, "--listen-lmtp", "127.0.0.1:0", "--mail-dir", "mail", "--durable",
                           listen=()) as server, Peer(server.ready["lmtp"]) as client:
            folder = server.folder / "mail"
            greet(client, "LHLO")
            recipients = ["ann@example.com", "eve@example.com", "bob@example.com"]
            ask = "".join(f"RCPT TO:<{recipient}>\r\n" for recipient in recipients)
            for away, codes in ((False, ["250", "550", "250"]), (True, ["451", "550", "451"])):
                if away:
                    (folder / "tmp").rename(folder / "away")
                client.send(f"MAIL FROM:<>\r\n{ask}DATA\r\n")
                client.replies(5)
                client.send("text\r\n.\r\n")
                self.assertEqual([reply[:3] for reply in client.replies(3)], codes)
            [(name, octets)] = messages(folder).items()
            self.assertEqual(octets, b"text\r\n")
            kept = [recipient["mailbox"] for recipient in envelopes(folder)[name]["recipients"]]
            self.assertEqual(kept, ["ann@example.com", "bob@example.com"])

    def test_a_folder_that_cannot_be_used_is_named(self):
        for option in ("--mail-dir", "--journal-dir"):
            done = run(option, "/proc/no/such", "--listen", "127.0.0.1:0")
            self.assertEqual(done.returncode, 2, done)
            self.assertIn(f"{option}: ", done.stderr)
            self.assertIn("/proc/no", done.stderr)


class Journal(unittest.TestCase):
    def test_the_journal_is_kept_line_by_line(self):
        with ServerProcess((), "--journal-dir", "journal") as server:
            with connect(server) as client:
                greet(client)
                send(client, b"Subject: kept\r\n\r\nx")
                client.ask("QUIT")
            server.stop()
            kept = entries(server.folder / "journal")
            self.assertEqual([entry["sequence"] for entry in kept], list(range(1, len(kept) + 1)))
            self.assertEqual({entry["double"] for entry in kept}, {"main"})
            self.assertEqual(kept[0]["kind"], "opened")
            self.assertEqual(kept[-1]["kind"], "closed")
            self.assertIn("kept", [entry.get("subject") for entry in kept])
            self.assertIn("RCPT TO:<you@example.com>", [entry.get("received") for entry in kept])

    def test_what_happens_is_there_soon(self):
        with ServerProcess((), "--journal-dir", "journal") as server, connect(server) as client:
            greet(client)
            until(lambda: len(entries(server.folder / "journal")) >= 3, "the first entries")


class Load:
    """Clients that send messages until the server is gone, and what it acknowledged."""

    def __init__(self, server, run_number):
        self.acknowledged = []
        self._threads = [threading.Thread(target=self._send, args=(server.addresses[0], f"{run_number}-{number}"))
                         for number in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _send(self, address, name):
        try:
            with Peer(address) as client:
                greet(client)
                number = 0
                while True:
                    number += 1
                    content = f"Subject: {name}-{number}\r\n\r\n".encode() + b"x" * random.randrange(20_000)
                    if send(client, content).startswith("250"):
                        self.acknowledged.append(content + b"\r\n")
        except (OSError, AssertionError):
            return  # it is gone

    def join(self):
        for thread in self._threads:
            thread.join(PATIENCE)


class Killed(unittest.TestCase):
    def test_nothing_that_was_acknowledged_is_lost(self):
        with ServerProcess() as keeper_of_folder:
            mail, journal = keeper_of_folder.folder / "mail", keeper_of_folder.folder / "journal"
            acknowledged = []
            for number in range(KILLS):
                server = ServerProcess((), "--mail-dir", mail, "--journal-dir", journal, "--durable")
                load = Load(server, number)
                enough = random.randrange(1, 40)
                until(lambda: len(load.acknowledged) >= enough, "messages")
                server.kill()
                load.join()
                server.forget()
                acknowledged += load.acknowledged
            kept = messages(mail)
            self.assertGreater(len(acknowledged), KILLS)
            self.assertEqual(set(acknowledged) - set(kept.values()), set())
            self.assertEqual(len(kept), len(set(kept.values())), "each is there once")
            told = envelopes(mail)
            self.assertEqual(set(kept) - set(told), set(), "each has its envelope")
            with ServerProcess((), "--journal-dir", journal):
                for path in journal.glob("*.ndjson"):
                    text = path.read_text(encoding="utf-8")
                    self.assertTrue(text.endswith("\n") or not text, path)
            self.assertGreater(len(entries(journal)), KILLS)


if __name__ == "__main__":
    unittest.main()

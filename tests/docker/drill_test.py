"""The drill of docker/drill without an engine: its scenario, what it finds wrong, and all of it with stand-ins."""
import contextlib
import io
import json
import re
import subprocess
import sys
import unittest
import urllib.request

from fixtures import DOCKER, environment, module
from server_process import PATIENCE, ServerProcess
from smtp_peer import Peer
from stand_ins import Metrics, Relay

DRILL = module("drill/load/drill.py")
SCENARIO = DOCKER / "drill/scenarios"
TIME_LINE = (SCENARIO / "time-line.yaml").read_text(encoding="utf-8")
LINES = (b"", b"EHLO x.test\r\n", b"MAIL FROM:<a@x.test>\r\n", b"RCPT TO:<b@x.test>\r\n", b"DATA\r\n",
         b"Message-ID: <1@x.test>\r\n\r\nHi.\r\n.\r\n")


def paced(milliseconds):
    """The time line, with so many milliseconds for a second."""
    return re.sub(r"during: (\d+)s\.\.(\d+)s", lambda found: "during: {}ms..{}ms".format(
        *(milliseconds * int(seconds) for seconds in found.groups())), TIME_LINE)


def quick():
    return paced(300)


class TimeLine(unittest.TestCase):
    """The scenario, asked at each of its times."""

    def serve(self, scenario):
        self.double = ServerProcess(scenario, admin="127.0.0.1:0")
        self.enterContext(self.double)

    def advance(self, time):
        body = json.dumps({"advance": time}).encode()
        request = urllib.request.Request(f"http://{self.double.admin}/v1/doubles/main/clock", body)
        with urllib.request.urlopen(request, timeout=PATIENCE):
            pass

    def outcome(self):
        """The last code that a client hears of a mail; None when the connection breaks."""
        with Peer(self.double.port) as client:
            for line in LINES:
                client.send(line)
                try:
                    code = int(client.reply()[:3])
                except ConnectionResetError:
                    return None
                if code >= 400:
                    return code
        return code

    def outcomes(self, mails):
        return [self.outcome() for _ in range(mails)]

    def hits(self):
        with urllib.request.urlopen(f"http://{self.double.admin}/v1/doubles/main/rules", timeout=PATIENCE) as response:
            return {rule["name"]: rule["hits"] for rule in json.load(response)["rules"]}

    def test_each_fault_has_its_time(self):
        # Real time passes, too. Of windows that are so long it is next to nothing, however slow all this is.
        self.serve(paced(100_000))
        self.assertEqual(self.outcome(), 250)
        self.advance("500s")
        self.assertEqual(self.outcome(), 421)
        self.advance("500s")
        overloaded = self.outcomes(20)
        self.assertEqual(set(overloaded), {250, 451})
        self.advance("500s")
        self.assertEqual(self.outcomes(4), [250, None, 250, None])
        self.advance("500s")
        self.assertEqual(self.outcome(), 250)
        self.advance("500s")
        self.assertEqual(self.outcomes(4), [None, None, None, 250])
        self.advance("500s")
        self.assertEqual(self.outcomes(2), [250, 250])
        self.assertEqual(self.hits(), {"down": 1, "overloaded": overloaded.count(451), "cut off": 2, "slow": 1,
                                       "reply lost": 3})

    def test_the_drill_knows_them(self):
        self.serve([str(SCENARIO)])
        faults = DRILL.Double(f"http://{self.double.admin}").faults()
        self.assertEqual([(fault.name, fault.begin, fault.end) for fault in faults],
                         [("down", 5, 10), ("overloaded", 10, 15), ("cut off", 15, 20), ("slow", 20, 25),
                          ("reply lost", 25, 30)])
        self.assertEqual(len(faults), TIME_LINE.count("during:"))
        self.assertIn(DRILL.LOST, [fault.name for fault in faults])


def message(key, outcome="250 OK", sender="shop@example.org"):
    return {"message_id": key, "outcome": outcome, "sender": sender}


class Findings(unittest.TestCase):
    def test_mails(self):
        good = [message("<1>"), message("<2>", None), message("<2>")]
        for messages, lost, expected in (
                (good, 1, []),
                (good, 2, ["1 mails are there twice, but 2 replies were lost"]),
                (good[:1], 0, ["<2> is lost"]),
                (good[:2], 1, ["the relay stopped trying <2>, and nobody told it that it was taken"]),
                (good + good[:1], 1, ["<1> was delivered 2 times"]),
                (good + [message("<3>")], 1, ["<3> was never sent"]),
                (good + [message("<3>", sender="")], 1, ["<3> was never sent", "a mail came back to its sender"])):
            with self.subTest(messages=messages, lost=lost):
                self.assertEqual(DRILL.mail_problems(["<1>", "<2>"], messages, lost), expected)

    def test_metrics(self):
        fault = DRILL.Fault("down", 5.0, 10.0)
        for hits, samples, expected in (
                (2, [(101, 0), (106, 1), (110, 2), (111, 2)], []),
                (2, [(90, 7), (101, 0), (106, 2)], []),
                (0, [(101, 0)], ["'down' never happened"]),
                (2, [(101, 0), (102, 0)], ["Prometheus has nothing of 'down'"]),
                (2, [(100.01, 7), (101, 0), (106, 2)], []),
                (2, [(101, 0), (104.1, 1), (106, 2)], []),
                (2, [(101, 0), (103.9, 1), (106, 2)], ["'down' is in Prometheus at another time"]),
                (2, [(101, 0), (106, 1), (114, 2)], ["'down' is in Prometheus at another time"])):
            with self.subTest(hits=hits, samples=samples):
                with contextlib.redirect_stdout(io.StringIO()):
                    self.assertEqual(DRILL.metric_problems(fault, hits, samples, 100.0), expected)


class Drill(unittest.TestCase):
    def outcome(self, scenario):
        """(status, output) of the drill."""
        with (ServerProcess(admin="127.0.0.1:0") as front, ServerProcess(scenario, admin="127.0.0.1:0") as double,
              Relay(front.admin, double.port), Metrics(double.admin) as metrics):
            done = subprocess.run([sys.executable, "-B", DOCKER / "drill/load/drill.py"], text=True,
                                  env=environment(POSTFIX=f"127.0.0.1:{front.port}", PROMETHEUS_URL=metrics.url,
                                                  SMTP_DOUBLE_URL=f"http://{double.admin}", DRILL_MAILS=90),
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=10 * PATIENCE, check=False)
        return done.returncode, done.stdout

    def test_all_arrive(self):
        status, output = self.outcome(quick())
        self.assertEqual(status, 0, output)
        counts = re.search(r"^(\d+) messages: 90 mails, (\d+) of them twice", output, re.MULTILINE)
        messages, twice = map(int, counts.groups())
        self.assertEqual((messages, twice in (1, 2, 3)), (90 + twice, True))
        for name in ("mailbox full", "down", "overloaded", "cut off", "slow", "reply lost"):
            self.assertRegex(output, rf"(?m)^  {name} .* hits, seen from ")

    def test_mails_that_are_stored_twice_are_found(self):
        # More mails lose their reply than those of the one rule that may have them twice.
        refusal = "reply: 451 4.3.1 Out of disk space, try again later"
        unexpected = quick().replace(refusal, "reply: none\n    then: reset")
        self.assertNotEqual(unexpected, quick())
        status, output = self.outcome(unexpected)
        self.assertEqual(status, 1, output)
        self.assertRegex(output, r"(?m)^FAILED: \d+ mails are there twice, but [123] replies were lost$")


if __name__ == "__main__":
    unittest.main()

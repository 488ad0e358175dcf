#!/usr/bin/env python3
"""The drill: mails go through Postfix to the double while that has trouble; in the end all have to be there.

The faults are the rules of the scenario with their times, and one more that is switched on and off by the admin API.
Where everything is comes from POSTFIX, SMTP_DOUBLE_URL and PROMETHEUS_URL; DRILL_MAILS says how many mails there are.
"""
import collections
import json
import os
import re
import smtplib
import sys
import threading
import time
import urllib.parse
import urllib.request

PATIENCE = 60.0  # seconds for anything that is going to happen
LATE = 3.0  # seconds until what has happened is surely in Prometheus
EARLY = 1.0  # seconds before it happened: a scrape has the time at which it began, and may take as long as the interval
BATCH = 10  # mails in one session
WINDOW = re.compile(r"during: (\d+)(ms|s)\.\.(\d+)(ms|s)$", re.MULTILINE)
UNITS = {"ms": 0.001, "s": 1.0}
LOST = "reply lost"  # the rule whose mails may be there twice
SWITCHED = {"name": "mailbox full", "at": "rcpt", "times": 5, "reply": "452 4.2.2 Mailbox full"}

Fault = collections.namedtuple("Fault", "name begin end")


class Failed(Exception):
    """Something is not as it has to be."""


def ask(url, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=2 * PATIENCE) as response:
        text = response.read()
    return json.loads(text) if text else None


def until(value_of, what):
    """The first value that is true, of what nothing announces."""
    pause = threading.Event()
    deadline = time.monotonic() + PATIENCE
    while not (value := value_of()):
        if time.monotonic() > deadline:
            raise Failed(f"waited {PATIENCE:.0f} s in vain: {what}")
        pause.wait(0.2)
    return value


class Double:
    def __init__(self, url):
        self._main = f"{url}/v1/doubles/main"

    def begin(self):
        """No mail, no count, and the time of the scenario begins now."""
        ask(f"{self._main}/reset", {}, "POST")

    def hits(self):
        return {rule["name"]: rule["hits"] for rule in ask(f"{self._main}/rules")["rules"]}

    def faults(self):
        """The time line, from the rules' own text."""
        found = []
        for rule in ask(f"{self._main}/rules")["rules"]:
            if window := WINDOW.search(rule["yaml"]):
                begin, unit, end, other = window.groups()
                found.append(Fault(rule["name"], int(begin) * UNITS[unit], int(end) * UNITS[other]))
        return found

    def switch_on(self, rule):
        ask(f"{self._main}/rules", rule)

    def wait_for_hits(self, rule, count):
        ask(f"{self._main}/wait",
            {"for": "hits", "count": count, "where": {"rule": rule}, "timeout": f"{PATIENCE:.0f}s"})

    def switch_off(self, name):
        ask(f"{self._main}/rules/{urllib.parse.quote(name)}", method="DELETE")

    def messages(self):
        """All in the mailbox. One that made room for others would be a mail that we could not count."""
        found, after = [], 0
        while after is not None:
            page = ask(f"{self._main}/messages?limit=500&after={after}")
            if page["evicted"]["messages"]:
                raise Failed(f"the mailbox was too small: {page['evicted']}")
            found += page["messages"]
            after = page["next"]
        return found


class Prometheus:
    def __init__(self, url):
        self._url = url

    def hits(self, rule):
        """(time, hits) as they were scraped, of the last five minutes."""
        query = f'smtp_double_rule_hits_total{{double="main",rule="{rule}"}}[5m]'
        answer = ask(f"{self._url}/api/v1/query?{urllib.parse.urlencode({'query': query})}")
        return [(at, float(value)) for series in answer["data"]["result"] for at, value in series["values"]]


class Load(threading.Thread):
    """Hands mails to Postfix, evenly over the time there is."""

    def __init__(self, address, mails, seconds):
        super().__init__(name="load")
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._seconds = seconds
        self._run = f"{time.time_ns():x}"
        self._mails = mails
        self.sent = []

    def run(self):
        pace = threading.Event()
        begun = time.monotonic()
        for first in range(0, self._mails, BATCH):
            with smtplib.SMTP(self._host, self._port, timeout=PATIENCE) as client:
                for number in range(first, min(first + BATCH, self._mails)):
                    pace.wait(max(0.0, begun + self._seconds * number / self._mails - time.monotonic()))
                    self._send(client, number)

    def _send(self, client, number):
        key = f"<{self._run}.{number}@drill.test>"
        text = (f"Message-ID: {key}\r\nFrom: shop@example.org\r\nTo: user-{number}@example.com\r\n"
                f"Subject: Mail {number}\r\n\r\nThis is mail {number} of the drill.\r\n")
        client.sendmail("shop@example.org", [f"user-{number}@example.com"], text)
        self.sent.append(key)


def told(messages):
    """How often the client heard that a mail was taken, and how often it did not, by Message-ID."""
    heard, unheard = collections.Counter(), collections.Counter()
    for message in messages:
        (heard if message["outcome"] else unheard)[message["message_id"]] += 1
    return heard, unheard


def mail_problems(sent, messages, lost):
    """What is wrong with the mails, when `lost` replies were lost."""
    heard, unheard = told(messages)
    present = set(heard) | set(unheard)
    found = [f"{key} is lost" for key in sent if key not in present]
    found += [f"{key} was never sent" for key in present if key not in set(sent)]
    found += [f"{key} was delivered {count} times" for key, count in heard.items() if count > 1]
    found += [f"the relay stopped trying {key}, and nobody told it that it was taken"
              for key in unheard if key not in heard]
    if unheard.total() != lost:
        found.append(f"{unheard.total()} mails are there twice, but {lost} replies were lost")
    found += ["a mail came back to its sender" for message in messages if not message["sender"]]
    return found


def metric_problems(fault, hits, samples, start):
    """What is wrong with what Prometheus has of a fault."""
    samples = [(start, 0.0)] + [sample for sample in samples if sample[0] >= start]
    times = []
    for (_, before), (at, after) in zip(samples, samples[1:]):
        if after > before:
            times.append(at - start)
        elif after < before:  # set back since: that was of another drill
            times.clear()
    if not hits:
        return [f"'{fault.name}' never happened"]
    if not times:
        return [f"Prometheus has nothing of '{fault.name}'"]
    print(f"  {fault.name:<13} {fault.begin:5.1f} s to {fault.end:4.1f} s  {hits:4d} hits, seen from {times[0]:5.1f} s "
          f"to {times[-1]:4.1f} s")
    if times[0] < fault.begin - EARLY or times[-1] > fault.end + LATE:
        return [f"'{fault.name}' is in Prometheus at another time"]
    return []


def drill(double, prometheus, load, start):
    """Runs to the end of the load, and returns the time during which the switched fault was on."""
    load.start()
    begun = time.time()
    double.switch_on(SWITCHED)
    double.wait_for_hits(SWITCHED["name"], SWITCHED["times"])
    # It is switched off when the operator sees it.
    until(lambda: any(hits == SWITCHED["times"] for _, hits in prometheus.hits(SWITCHED["name"])),
          "the switched fault is in Prometheus")
    double.switch_off(SWITCHED["name"])
    switched = Fault(SWITCHED["name"], begun - start, time.time() - start)
    load.join()
    return switched


def main():
    double = Double(os.environ["SMTP_DOUBLE_URL"])
    prometheus = Prometheus(os.environ["PROMETHEUS_URL"])
    faults = double.faults()
    mails = int(os.environ.get("DRILL_MAILS", "300"))
    load = Load(os.environ["POSTFIX"], mails, max(fault.end for fault in faults))
    start = time.time()  # not behind the next line: the time line may begin well before that has its answer
    double.begin()
    print(f"{mails} mails, {len(faults) + 1} faults")
    switched = drill(double, prometheus, load, start)

    print(f"all {len(load.sent)} mails are handed over after {time.time() - start:.0f} s")
    until(lambda: set(load.sent) <= set(told(double.messages())[0]), "each mail was taken once")
    print(f"the last one has arrived after {time.time() - start:.0f} s")
    messages, hits = double.messages(), double.hits()
    problems = mail_problems(load.sent, messages, hits[LOST])
    if len(load.sent) != mails:
        problems.append(f"only {len(load.sent)} of {mails} mails were handed over")
    for fault, count in [(switched, SWITCHED["times"])] + [(fault, hits[fault.name]) for fault in faults]:
        samples = until(lambda: (found := prometheus.hits(fault.name)) and found[-1][1] == count and found,
                        f"Prometheus has all {count} hits of '{fault.name}'")
        problems += metric_problems(fault, count, samples, start)
    for problem in problems:
        print(f"FAILED: {problem}")
    print(f"{len(messages)} messages: {len(set(load.sent))} mails, {hits[LOST]} of them twice as their reply was lost")
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        sys.exit(f"FAILED: {failed}")

"""A seed decides every random choice: the same clients hear and wait the same, whatever run it is and on how many
threads."""
import re
import unittest

from server_process import ServerProcess
from smtp_peer import connect

SCENARIO = """
    scenario: drawn
    server: {delay: {uniform: [0s, 400us]}}
    rules:
      - {at: connect, probability: 10%, reply: 421 4.3.2 Busy}
      - {name: slow, at: ehlo, delay: {lognormal: {median: 300us, p99: 2ms}}}
      - {at: mail, per: [sender], probability: 30%, reply: "450 4.7.1 {{attempt}} {{hit}}"}
      - at: rcpt
        per: [recipient]
        probability: 0.6
        responses: [{reply: 450 4.2.1 first}, {reply: 451 4.3.0 then, delay: {uniform: [1ms, 3ms]}}, 250 2.1.5 yours]
        exhausted: cycle
      - {at: noop, every: 2, probability: 50%, malformed: bare-lf}
      - {at: quit, probability: 25%, reply: none, then: reset}
    """
SESSIONS = 40


def said(number):
    lines = [f"EHLO client{number}.example", f"MAIL FROM:<user{number % 7}@example.org>"]
    lines += [f"RCPT TO:<user{n}@example.com>" for n in range(6)]
    return "".join(f"{line}\r\n" for line in [*lines, "NOOP", "NOOP", "RSET", "NOOP", "QUIT"]).encode()


def heard(client):
    """All octets to the end, and the end itself."""
    octets = client.unread
    try:
        while more := client.socket.recv(65536):
            octets += more
    except ConnectionResetError:
        return octets + b"(reset)"
    return octets + b"(closed)"


def run(*options, scenario=SCENARIO):
    """What each session heard, one after the other, and what the server planned: delays are not for the ear."""
    with ServerProcess(scenario, "--log-level", "debug", *options) as server:
        dialogues = []
        for number in range(SESSIONS):
            with connect(server) as client:
                client.send(said(number))
                dialogues.append(heard(client))
        server.stop()
        plans = re.findall(r"session \d+ S: .*", server.log.text())
        return dialogues, plans, server.ready["seed"]


class Seeds(unittest.TestCase):
    maxDiff = 4000

    def test_the_same_seed_is_the_same_dialogue_in_every_run(self):
        dialogues, plans, seed = run("--seed", 42)
        self.assertEqual(seed, "42")
        self.assertGreater(len(set(dialogues)), SESSIONS // 2)  # it is not just that nothing is drawn
        self.assertGreater(len({plan.split(",")[0] for plan in plans}), SESSIONS)
        for _ in range(2):
            again, plans_again, _ = run("--seed", 42)
            self.assertEqual(again, dialogues)
            self.assertEqual(plans_again, plans)

    def test_and_on_any_number_of_threads(self):
        one, plans_of_one, _ = run("--seed", 7, "--threads", 1)
        two, plans_of_two, _ = run("--seed", 7, "--threads", 2)
        self.assertEqual(two, one)
        self.assertEqual(plans_of_two, plans_of_one)

    def test_the_seed_of_the_scenario_is_one_too(self):
        self.assertEqual(run(scenario="seed: 42\n" + SCENARIO.replace("\n    ", "\n"))[:2], run("--seed", 42)[:2])

    def test_another_seed_is_another_dialogue(self):
        self.assertNotEqual(run("--seed", 1)[0], run("--seed", 2)[0])

    def test_one_that_was_drawn_is_told_and_can_be_given_again(self):
        dialogues, plans, seed = run()
        self.assertEqual(run("--seed", seed)[:2], (dialogues, plans))


if __name__ == "__main__":
    unittest.main()

"""Eight workers with fifty tests each against one server: none of them sees anything of the others."""
import multiprocessing
import unittest
from concurrent.futures import ProcessPoolExecutor

from api import Api, ApiCase, DoubleAt

WORKERS, TESTS = 8, 50


def one_test(api, worker, number):
    """An application that tries again until it is let in: how often, is the scenario's own."""
    times = 1 + (worker * TESTS + number) % 5
    scenario = f"rules:\n  - {{name: busy, at: rcpt, times: {times}, reply: 450 4.2.1 Test {number} of {worker}}}\n"
    double = DoubleAt(api, api.post("/v1/doubles", {"scenario": scenario}, 201).json())
    subject = f"test {number} of worker {worker}"
    with double.greeted() as client:
        client.ask(f"MAIL FROM:<w{worker}@example.org>")
        replies = [client.ask(f"RCPT TO:<t{number}@example.com>") for _ in range(times + 1)]
        assert replies[:-1] == [f"450 4.2.1 Test {number} of {worker}"] * times, replies
        assert replies[-1].startswith("250"), replies
        client.ask("DATA")
        client.ask(f"Subject: {subject}\r\n\r\n.")
        client.ask("QUIT")
    (message,) = double.wait()["messages"]
    assert (message["id"], message["session"], message["subject"]) == (1, 1, subject), message
    double.post("verify", {"messages": {"count": 1}, "sessions": {"count": 1}, "hits": {"busy": times}})
    double.delete("")
    return double.name


def worker(address, number):
    api = Api(address, checks=False)
    return [one_test(api, number, test) for test in range(TESTS)]


class Parallel(ApiCase):
    def test_no_interference(self):
        with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("fork")) as pool:
            names = [name for names in pool.map(worker, [self.server.admin] * WORKERS,
                                                range(WORKERS)) for name in names]
        self.assertEqual(len(names), WORKERS * TESTS)
        self.assertEqual([double["name"] for double in self.api.get("/v1/doubles").json()["doubles"]],
                         ["main", self.double.name])
        self.assertEqual(self.api.get("/v1/doubles/main").json()["sessions"], 0)


if __name__ == "__main__":
    unittest.main()

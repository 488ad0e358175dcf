"""As much of smtp-double's admin API as the tests need: docs/admin-api.md has all of it."""
import json
import urllib.error
import urllib.parse
import urllib.request

PATIENCE = 30  # seconds for anything that is going to happen


def ask(url, body=None, method=None):
    """The JSON that comes back, whatever the status; None when there is none."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=2 * PATIENCE) as response:
            text = response.read()
    except urllib.error.HTTPError as error:
        with error:
            text = error.read()
    return json.loads(text) if text else None


class Double:
    """The double `main` of a server: the one of its command line and its scenario folder."""

    def __init__(self, admin):
        self._main = f"{admin}/v1/doubles/main"

    def reset(self):
        """As after the start: no mail, no session, no count, none of the rules that a test has posted."""
        answer = ask(f"{self._main}/reset", {}, "POST")
        if answer is not None:
            raise AssertionError(answer)

    def rule(self, **rule):
        """A rule on top of those of the folder, until the next reset."""
        answer = ask(f"{self._main}/rules", rule)
        if "errors" in answer:
            raise AssertionError(answer)

    def wait(self, what, count=1, **where):
        """Until there are so many messages, sessions or hits; what came instead is in the error."""
        answer = ask(f"{self._main}/wait", {"for": what, "count": count, "where": where, "timeout": f"{PATIENCE}s"})
        if "errors" in answer:
            raise AssertionError(answer)
        return answer

    def verify(self, **expected):
        """Now. The error says what was expected and what is there."""
        answer = ask(f"{self._main}/verify", expected)
        if not answer.get("verified"):
            raise AssertionError(answer.get("text") or answer)

    def get(self, path):
        return ask(f"{self._main}/{path}")

    def message(self, recipient):
        """The one message to this recipient, with headers and text."""
        listed = self.get(f"messages?recipient={urllib.parse.quote(recipient)}")["messages"]
        if len(listed) != 1:
            raise AssertionError(f"{len(listed)} messages to {recipient}")
        return self.get(f"messages/{listed[0]['id']}")

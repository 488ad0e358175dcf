"""What a page says that is said, as a pattern for what is said really.

`…` stands for anything within its line, and alone in a line for any number of lines. Times, durations, a seed that was
drawn and the port of a client are never the same.
"""
import re

VARIES = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.…", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"),
    (r"\d\d:\d\d:\d\d\.\d{3}", r"\d\d:\d\d:\d\d\.\d{3}"),
    (r"\d+\.\d{3}s", r"\d+\.\d{3}s"),
    (r"\b\d+ ms\b", r"\d+ ms"),
    (r"\bseed[ =]\d+", r"seed[ =]\d+"),
    (r"127\.0\.0\.1:4\d{4}\b", r"127\.0\.0\.1:\d+"),
    (r"\b(?:mail FROM|rcpt TO):<", r"(?:mail (?i:from)|rcpt (?i:to)):<"),  # smtplib's, in small letters since Python 3.13
    (r"…", r".*"),
]
ANY = re.compile("|".join(f"({shown})" for shown, _ in VARIES))


def line_pattern(line):
    pattern, end = "", 0
    for found in ANY.finditer(line):
        pattern += re.escape(line[end:found.start()]) + VARIES[found.lastindex - 1][1]
        end = found.end()
    return pattern + re.escape(line[end:])


def pattern(shown):
    """Of whole lines, for re.MULTILINE."""
    return "".join(r"(?:.*\n)*?" if line == "…" else rf"^{line_pattern(line)}[ \t]*\n" for line in shown.splitlines())

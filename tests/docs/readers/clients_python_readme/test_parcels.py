"""The tests of a reader who has the plugin."""


def test_nothing_was_sent(double):
    assert double.messages() == []

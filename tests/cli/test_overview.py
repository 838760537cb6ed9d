"""The commands that answer at a glance: to-do and find."""

from tests.club import ISSUE
from tests.pipeline.relayed import deliver


def test_to_do_lists_what_waits_with_the_commands(run, at):
    at("planned")
    assert f"{ISSUE} waits for an approval, 3\u00a0copies; `mailer approve {ISSUE}` approves it" in run.ok("to-do").out
    [item] = run.ok("--json", "to-do").document
    assert (item["kind"], item["issue"], item["number"]) == ("approval", str(ISSUE), 3)
    assert item["remedies"] == [{"action": "approve", "subjects": [str(ISSUE)]}]
    assert "1 thing waits for you; `mailer to-do` lists it" in run.ok("status").out


def test_where_nothing_waits_to_do_says_so(run, at):
    at("founded")
    assert run.ok("to-do").out == "Nothing waits for you.\n"
    assert run.ok("--json", "to-do").document == []


def test_find_answers_in_a_sentence_and_exits_1_where_nothing_fits(run, at):
    with at("begun").opened() as app:
        deliver(app)
    assert run.ok("find", "Reader002").out.startswith("Reader002: No. 41 accepted by our mail server ")
    [copy] = run.ok("--json", "find", "copy", "2").document["copies"]
    assert copy["person"] == "P002"
    nothing = run("find", "nobody", "of", "this", "name")
    assert nothing.status == 1
    assert "Nothing here has to do with what you typed." in nothing.out

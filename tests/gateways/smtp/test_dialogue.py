"""What is said and what answers mean, without a network: the tables of the three manners, any octets, a model relay."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.gateways.smtp.dialogue import Dialogue
from mailer.gateways.smtp.events import (
    CommandRefused,
    ContentReplied,
    ContentWanted,
    DialogueEnded,
    DialogueEvent,
    Verb,
)
from tests.gateways.desk import CUT, EVERYTHING, GROUPS, ONE_BY_ONE, Desk
from tests.gateways.relays import ANNA, BORIS, CLARA, MESSAGE, ZOE, Letter

ONE, GROUPED, CHUNKED = (
    frozenset(word.split()[0].lower() for word in words) for words in (ONE_BY_ONE, GROUPS, EVERYTHING)
)
MANNERS = {"one-by-one": ONE, "groups": GROUPED, "chunks": CHUNKED}
manners = pytest.mark.parametrize("extensions", MANNERS.values(), ids=MANNERS)
A, B, C = Letter(ANNA), Letter(BORIS), Letter(CLARA)


def told(event: DialogueEvent) -> str:
    """An event in a line."""
    match event:
        case ContentWanted(parcel):
            return f"wanted {parcel.to.local}"
        case ContentReplied(parcel, code, _text):
            return f"answered {parcel.to.local} {code}"
        case CommandRefused(parcel, verb, code, _text):
            return f"refused {parcel.to.local} {verb.name} {code}"
        case DialogueEnded(_why, code, out_of_step):
            return "out of step" if out_of_step else f"over {code}"


def tell(dialogue: Dialogue, answers: str) -> Iterator[str]:
    """Says each answer in a segment of its own, gives whatever content is wanted, and tells what came of it."""
    for answer in answers.split():
        for event in dialogue.receive(f"{answer} x\r\n".encode()):
            yield told(event)
            if isinstance(event, ContentWanted):
                dialogue.send_content(event.parcel)


def spoken(dialogue: Dialogue) -> str:
    """The commands that are to be written, in words, and then none is."""
    lines = b"".join(dialogue.outgoing).replace(MESSAGE, b"<message>\r\n").decode().splitlines()
    dialogue.outgoing.clear()
    return " ".join(line.partition(" ")[0].partition("<")[0] or line for line in lines)


# Answers to one copy → what they mean, where commands go one by one.
@pytest.mark.parametrize(
    ("answers", "events", "commands"),
    [
        ("250 250 354 250", ["wanted anna", "answered anna 250"], "MAIL RCPT DATA <message> ."),
        ("250 250 354 554", ["wanted anna", "answered anna 554"], "MAIL RCPT DATA <message> ."),
        ("250 251 354 452", ["wanted anna", "answered anna 452"], "MAIL RCPT DATA <message> ."),
        ("250 250 354 421", ["wanted anna", "answered anna 421", "over 421"], "MAIL RCPT DATA <message> ."),
        ("552", ["refused anna MAIL 552"], "MAIL"),
        ("250 550", ["refused anna RCPT 550"], "MAIL RCPT"),
        ("250 250 451", ["refused anna DATA 451"], "MAIL RCPT DATA"),
        ("421", ["over 421"], "MAIL"),
        ("250 421", ["over 421"], "MAIL RCPT"),
        ("250 250 421", ["over 421"], "MAIL RCPT DATA"),
        ("354", ["out of step"], "MAIL"),
        ("250 354", ["out of step"], "MAIL RCPT"),
        ("250 250 250", ["out of step"], "MAIL RCPT DATA"),
        ("250 250 354 354", ["wanted anna", "out of step"], "MAIL RCPT DATA <message> ."),
        ("250 250 354 250 250", ["wanted anna", "answered anna 250", "out of step"], "MAIL RCPT DATA <message> ."),
        ("25", ["out of step"], "MAIL"),
        ("025", ["out of step"], "MAIL"),
        ("199", ["out of step"], "MAIL"),
    ],
)
def test_one_by_one(answers: str, events: list[str], commands: str) -> None:
    dialogue, said, heard = Dialogue(ONE), [], []
    dialogue.offer(A)
    for answer in answers.split():
        said.append(spoken(dialogue))
        heard += tell(dialogue, answer)
        assert len(dialogue.outgoing) <= 2  # one command, or a content and its dot
    assert (heard, " ".join(" ".join(said).split())) == (events, commands)


# Answers to two copies, the second asked for as the content of the first leaves.
@pytest.mark.parametrize(
    ("answers", "events"),
    [
        ("250 250 354 250 250 250 354 250", "wanted anna, answered anna 250, wanted boris, answered boris 250"),
        ("250 250 354 554 250 250 354 451", "wanted anna, answered anna 554, wanted boris, answered boris 451"),
        ("250 250 354 250 250 550 554", "wanted anna, answered anna 250, refused boris RCPT 550"),
        ("250 250 354 250 550 503 503", "wanted anna, answered anna 250, refused boris MAIL 550"),
        ("250 250 354 250 250 250 451", "wanted anna, answered anna 250, refused boris DATA 451"),
        ("250 550 503 250 250 250 354", "refused anna RCPT 550, wanted boris"),
        ("250 550 354 250 250 250 250 354", "refused anna RCPT 550, wanted boris"),
        ("250 550 354 421", "refused anna RCPT 550, over 421"),
        ("552 503 503 250 250 250 354", "refused anna MAIL 552, wanted boris"),
        ("250 550 503 451", "refused anna RCPT 550, out of step"),
        ("250 250 354 421", "wanted anna, answered anna 421, over 421"),
        ("250 250 354 250 421", "wanted anna, answered anna 250, over 421"),
        ("250 250 354 250 250 421", "wanted anna, answered anna 250, over 421"),
        ("250 250 354 250 250 250 421", "wanted anna, answered anna 250, over 421"),
        ("250 250 354 250 250 250 250", "wanted anna, answered anna None, out of step"),
        ("250 250 354 250 354", "wanted anna, answered anna None, out of step"),
        ("250 250 354 250 oops", "wanted anna, answered anna None, out of step"),
        ("250 250 250 354", "out of step"),
        ("421", "over 421"),
    ],
)
def test_in_groups(answers: str, events: str) -> None:
    dialogue, heard = Dialogue(GROUPED), []
    dialogue.offer(A)
    for answer in answers.split():
        heard += tell(dialogue, answer)
        if dialogue.ready and len(heard) == 1:
            dialogue.offer(B)
    assert ", ".join(heard) == events


BEFORE = "250 250 354 250 250 250 354"  # two copies by DATA prove that the answers are in step


@pytest.mark.parametrize(
    ("answers", "events"),
    [
        ("250 250 250 250 250", "answered boris 250, answered clara 250"),
        ("250 250 250 550 554", "answered boris 250, refused clara RCPT 550"),
        ("250 250 552 503 503", "answered boris 250, refused clara MAIL 552"),
        ("250 250 250 250 452", "answered boris 250, answered clara 452"),
        ("250 250 250 250 421", "answered boris 250, answered clara 421, over 421"),
        ("250 250 250 550 421", "answered boris 250, refused clara RCPT 550, over 421"),
        ("250 250 250 421", "answered boris 250, over 421"),
        ("250 421", "answered boris 250, over 421"),
        ("421", "answered boris 421, over 421"),
        ("250 554", "answered boris None, out of step"),
        ("250 354", "answered boris None, out of step"),
        ("250 250 250 250 354", "answered boris 250, out of step"),
    ],
)
def test_in_chunks(answers: str, events: str) -> None:
    dialogue, asked = Dialogue(CHUNKED, window=2), [B, C]
    dialogue.offer(A)
    assert not dialogue.chunked
    for answer in BEFORE.split():
        list(tell(dialogue, answer))
        if dialogue.ready and asked and not dialogue.chunked:
            dialogue.offer(asked.pop(0))
    spoken(dialogue)
    assert (dialogue.chunked, dialogue.ready) == (True, True)
    dialogue.offer(C)
    assert spoken(dialogue) == "RSET MAIL RCPT BDAT <message>"
    assert not dialogue.ready
    assert ", ".join(tell(dialogue, answers)) == events


def test_the_last_of_a_group_is_its_data_and_a_reset_comes_after_a_refusal() -> None:
    dialogue = Dialogue(GROUPED)
    dialogue.offer(A)
    assert spoken(dialogue) == "MAIL RCPT DATA"
    assert not dialogue.ready
    list(tell(dialogue, "250 250 354"))
    assert dialogue.ready
    dialogue.offer(B)
    assert spoken(dialogue) == "<message> . MAIL RCPT DATA"
    list(tell(dialogue, "250 250 550 554"))
    dialogue.offer(C)
    assert spoken(dialogue) == "RSET MAIL RCPT DATA"


def test_one_by_one_a_reset_goes_alone() -> None:
    dialogue = Dialogue(ONE)
    dialogue.offer(A)
    assert list(tell(dialogue, "550")) == ["refused anna MAIL 550"]
    spoken(dialogue)
    dialogue.offer(B)
    assert spoken(dialogue) == "RSET"
    list(tell(dialogue, "250"))
    assert spoken(dialogue) == "MAIL"


def test_a_copy_refused_after_a_lone_dot_is_under_way_until_its_answer() -> None:
    dialogue = Dialogue(GROUPED)
    dialogue.offer(A)
    assert list(tell(dialogue, "250 550 354")) == []
    assert spoken(dialogue) == "MAIL RCPT DATA ."
    assert not dialogue.ready
    known, left = dialogue.abandon()
    assert (known, left) == ([CommandRefused(A, Verb.RCPT, 550, "x")], [])


def test_what_was_answered_before_the_end_is_known_and_what_was_refused_out_of_step_is_not() -> None:
    for last, known in (("", [ContentReplied(A, 250, "x"), CommandRefused(B, Verb.RCPT, 550, "x")]), ("250", [])):
        dialogue = Dialogue(GROUPED)
        dialogue.offer(A)
        list(tell(dialogue, "250 250 354"))
        dialogue.offer(B)
        events = list(tell(dialogue, f"250 250 550 {last}"))
        assert events == (["answered anna None", "out of step"] if last else [])
        left = [] if not last else [(B, False)]
        assert dialogue.abandon() == (known, left)
        assert (dialogue.idle, dialogue.ready) == (True, False)
        assert dialogue.abandon() == ([], [])


def test_a_content_that_is_withheld_leaves_nothing_to_say() -> None:
    dialogue = Dialogue(GROUPED)
    dialogue.offer(A)
    spoken(dialogue)
    assert [told(event) for event in dialogue.receive(b"250 x\r\n250 x\r\n354 x\r\n")] == ["wanted anna"]
    dialogue.withhold(A)
    assert (dialogue.ready, dialogue.outgoing, dialogue.abandon()) == (False, [], ([], []))


def test_goodbye() -> None:
    for answer, event in (("221", "over 0"), ("421", "over 0"), ("354", "out of step")):
        dialogue = Dialogue(ONE)
        dialogue.quit()
        assert spoken(dialogue) == "QUIT"
        assert list(tell(dialogue, answer)) == [event]
        assert list(tell(dialogue, "250")) == []


def test_reports_are_asked_for_only_where_the_relay_announces_that() -> None:
    for extensions, mail, rcpt in (
        (GROUPED, f" SIZE={len(MESSAGE)}", ""),
        (GROUPED | {"dsn"}, f" SIZE={len(MESSAGE)} RET=HDRS ENVID=m17", " ORCPT=rfc822;anna@members.example"),
        (frozenset({"dsn", "pipelining"}), " RET=HDRS ENVID=m17", " ORCPT=rfc822;anna@members.example"),
    ):
        dialogue = Dialogue(extensions)
        dialogue.offer(A)
        said = [f"MAIL FROM:<bulletin@club.example>{mail}\r\n", f"RCPT TO:<anna@members.example>{rcpt}\r\n"]
        assert b"".join(dialogue.outgoing).decode() == "".join([*said, "DATA\r\n"])


def test_an_address_in_another_alphabet_has_no_original_in_ascii() -> None:
    dialogue = Dialogue(CHUNKED)
    dialogue.offer(Letter(ZOE))
    mail = b"MAIL FROM:<bulletin@club.example> SIZE=%d RET=HDRS ENVID=m17 BODY=8BITMIME SMTPUTF8\r\n" % len(MESSAGE)
    assert b"".join(dialogue.outgoing) == mail + "RCPT TO:<zoë@members.example>\r\nDATA\r\n".encode()


# --- any octets ---------------------------------------------------------------------------------------------------------

pieces = st.one_of(
    st.binary(max_size=12),
    st.sampled_from(
        [b"250 ok\r\n", b"354 go\r\n", b"550 5.1.1 no\r\n", b"421 bye\r\n", b"250-more\r\n", b"250", b"\n"]
    ),
)


@manners
@given(data=st.data(), window=st.integers(1, 4))
def test_whatever_comes_nothing_is_raised_and_every_copy_ends_once(
    extensions: frozenset[str], data: st.DataObject, window: int
) -> None:
    dialogue = Dialogue(extensions, window=window)
    asked: list[Letter] = []
    begun: set[int] = set()
    ended: list[Letter] = []
    over = False
    for piece in data.draw(st.lists(pieces, max_size=40)):
        while dialogue.ready and len(asked) < 9 and data.draw(st.booleans()):
            asked.append(Letter(ANNA))
            begun |= {id(asked[-1])} if dialogue.chunked else set()
            dialogue.offer(asked[-1])
        for event in dialogue.receive(piece):
            assert not over
            match event:
                case ContentWanted(parcel) if data.draw(st.booleans()):
                    assert id(parcel) not in begun
                    begun.add(id(parcel))
                    dialogue.send_content(parcel)
                case ContentWanted(parcel):
                    dialogue.withhold(parcel)
                    ended.append(parcel)
                case DialogueEnded():
                    over = True
                case ContentReplied(parcel) | CommandRefused(parcel):
                    ended.append(parcel)
        assert not (over and dialogue.ready)
    known, left = dialogue.abandon()
    ended += [event.parcel for event in known] + [parcel for parcel, _begun in left]
    assert sorted(map(id, ended)) == sorted(map(id, asked))
    assert all(was == (id(parcel) in begun) or not was for parcel, was in left)


# --- a relay that answers as it should ----------------------------------------------------------------------------------

REFUSALS = ["450 4.2.1 later", "550 5.1.1 no", "550-5.7.1 no\r\n550 5.7.1 never", None, None, None, None]


def converse(
    dialogue: Dialogue, desk: Desk, letters: list[Letter], split: Iterator[int]
) -> tuple[list[DialogueEvent], int]:
    """Everything that came of the letters, and how many round trips it took."""
    events: list[DialogueEvent] = []
    waiting, rounds = list(letters), 0
    while True:
        while dialogue.ready and waiting:
            dialogue.offer(waiting.pop(0))
        if not dialogue.outgoing:
            return events, rounds
        said, rounds = desk.receive(b"".join(dialogue.outgoing)), rounds + 1
        dialogue.outgoing.clear()
        while said:
            at = next(split)
            segment, said = said[:at], said[at:]
            for event in dialogue.receive(segment):
                events.append(event)
                if isinstance(event, ContentWanted):
                    dialogue.send_content(event.parcel)
                elif isinstance(event, DialogueEnded):
                    return events, rounds
            while dialogue.ready and waiting and at % 2:
                dialogue.offer(waiting.pop(0))


def every(octets: int) -> Iterator[int]:
    while True:
        yield octets


@manners
@given(data=st.data(), window=st.integers(1, 5), count=st.integers(1, 12))
def test_what_is_told_is_what_the_relay_did(
    extensions: frozenset[str], data: st.DataObject, window: int, count: int
) -> None:
    announced = {"one-by-one": ONE_BY_ONE, "groups": GROUPS, "chunks": EVERYTHING}[
        next(name for name, words in MANNERS.items() if words == extensions)
    ]
    end = data.draw(
        st.none() | st.tuples(st.sampled_from(["MAIL", "RCPT", "DATA", "CONTENT", "BDAT"]), st.integers(1, 9))
    )

    def says(verb: str, nth: int) -> str | None:
        if (verb, nth) == end:
            return data.draw(st.sampled_from(["421 4.3.2 closing", CUT]))
        if verb == "DATA" and data.draw(st.integers(0, 5)) == 0:
            return "354 whoever it is for"
        return data.draw(st.sampled_from(REFUSALS)) if verb in ("MAIL", "RCPT", "DATA", "CONTENT", "BDAT") else None

    dialogue, desk = Dialogue(extensions, window=window), Desk(says, announced)
    letters = [Letter(ANNA, MESSAGE + b"%d\r\n" % number) for number in range(count)]
    split = iter(lambda: data.draw(st.integers(1, 60)), 0)
    events, _rounds = converse(dialogue, desk, letters, split)
    known, left = dialogue.abandon()
    taken = {message for _name, message in desk.taken}
    assert len(desk.taken) == len(taken)
    for event in [*events, *known]:
        match event:
            case ContentReplied(parcel, code, _text):
                assert code is not None
                assert (code < 300) == (parcel.message in taken)
            case CommandRefused(parcel):
                assert parcel.message not in taken
            case DialogueEnded(_why, _code, out_of_step):
                assert not out_of_step
            case _:
                pass
    for parcel, begun in left:
        assert begun or parcel.message not in taken
    if end is None:
        assert left == []
        assert len([event for event in events if not isinstance(event, ContentWanted)]) == count


@pytest.mark.parametrize(
    ("extensions", "announced", "window", "rounds"),
    [
        (ONE, ONE_BY_ONE, 1, 4 * 100),
        (GROUPED, GROUPS, 1, 100 + 1),
        (CHUNKED, EVERYTHING, 1, 100 + 1),
        # The first two by DATA take a round trip each before the rest goes, a window a round trip.
        (CHUNKED, EVERYTHING, 10, 100 // 10 + 3),
        (CHUNKED, EVERYTHING, 100, 3),
    ],
)
def test_how_many_round_trips_a_hundred_copies_take(
    extensions: frozenset[str], announced: tuple[str, ...], window: int, rounds: int
) -> None:
    dialogue, desk = Dialogue(extensions, window=window), Desk(announced=announced)
    events, took = converse(dialogue, desk, [Letter(ANNA, MESSAGE + b"%d\r\n" % n) for n in range(100)], every(1 << 20))
    assert len([event for event in events if isinstance(event, ContentReplied)]) == len(desk.taken) == 100
    assert took <= rounds

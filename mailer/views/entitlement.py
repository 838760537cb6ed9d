"""Says why a person may have an issue, or may not, in English or Russian: the facts, the dates and the missing sum."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from mailer.domain.entitlement import EntitlementReason
from mailer.domain.explanation import Grounds, Shortfall
from mailer.domain.membership import MembershipKind, Period
from mailer.views.local_time import day_in
from mailer.views.plain_words import counted, plural

# Each text in English and in Russian.
_Text = tuple[str, str]
_KINDS: Mapping[MembershipKind, _Text] = {
    MembershipKind.HONORARY: ("an honorary membership", "почётное членство"),
    MembershipKind.COMPLIMENTARY: ("a complimentary membership", "бесплатное членство"),
}


def decision_sentence(grounds: Grounds, language: str = "en") -> str:
    """Why the register gives the issue to the person now, or does not."""
    return _SENTENCES[grounds.now.entitlement.reason](grounds, language)


def shortfall_sentence(shortfall: Shortfall, language: str = "en") -> str:
    """What was paid of a fee, and what is missing: `20 000 of 50 000 RUB for 2026; 30 000 are missing`."""
    paid = " + ".join(f"{spaced(total)} {currency}" for currency, total in shortfall.sums if total > 0)
    period = period_name(shortfall.period, language)
    if shortfall.fee is None or shortfall.missing is None:
        return _say(
            language,
            "{paid} for {period}, which the fee schedule does not have, and no payment says that it is in full",
            "{paid} за {period}: такого срока нет в таблице взносов, и ни один платёж не отмечен как полный",
            paid=paid,
            period=period,
        )
    fee, currency = spaced(shortfall.fee), shortfall.currency
    if not shortfall.paid:
        words = (
            "{paid} for {period}, but the fee is {fee} {currency}",
            "{paid} за {period}, а взнос — {fee} {currency}",
        )
        return _say(language, *words, paid=paid, period=period, fee=fee, currency=currency)
    return _say(
        language,
        "{paid} of {fee} {currency} for {period}; {missing} {verb} missing",
        "{paid} из {fee} {currency} за {period}; не хватает {missing}",
        paid=spaced(shortfall.paid),
        fee=fee,
        currency=currency,
        period=period,
        missing=spaced(shortfall.missing),
        verb="is" if shortfall.missing == 1 else "are",
    )


def shortfall_document(shortfall: Shortfall) -> dict[str, object]:
    """The same for programs."""
    return {
        "from": shortfall.period.first,
        "to": shortfall.period.last,
        "paid": dict(shortfall.sums),
        "fee": shortfall.fee,
        "currency": shortfall.currency,
        "missing": shortfall.missing,
    }


def spaced(amount: Decimal) -> str:
    """An amount in a sentence, with its thousands apart: `50 000`, `50 000.50`."""
    whole = amount == amount.to_integral_value()
    return f"{amount:,.0f}".replace(",", " ") if whole else f"{amount:,.2f}".replace(",", " ")


def period_name(period: Period, language: str = "en") -> str:
    """The years of a period of whole years, else its dates."""
    if (period.first.month, period.first.day, period.last.month, period.last.day) != (1, 1, 12, 31):
        days = (day_in(day, language) for day in (period.first, period.last))
        return _say(language, "{} to {}", "срок с {} по {}", *days)
    first, last = period.first.year, period.last.year
    if first == last:
        return _say(language, "{}", "{} год", first)
    return _say(language, "{} to {}", "{}–{} годы", first, last)


def _say(language: str, english: str, russian: str, /, *values: object, **named: object) -> str:
    return (russian if language == "ru" else english).format(*values, **named)


def _paid(grounds: Grounds, language: str) -> str:
    until = grounds.now.entitlement.paid_until
    covering = [paid for paid in grounds.periods if paid.full and paid.period.covers(grounds.date)]
    periods = ", ".join(period_name(paid.period, language) for paid in covering)
    sentence = _say(language, "paid for {}", "оплачено за {}", periods)
    if until is None or any(until <= paid.period.last for paid in covering):
        return sentence
    return sentence + _say(language, ", and until {}", ", и дальше до {}", day_in(until, language))


def _grace(grounds: Grounds, language: str) -> str:
    until = grounds.now.entitlement.paid_until
    assert until is not None, "grace follows a paid period"
    number = (grounds.date - until).days
    return _say(
        language,
        "the paid time ended on {}, {} before, which the days of grace allow",
        "оплаченный срок закончился {}, за {} до выпуска, в пределах льготного срока",
        day_in(until, language),
        plural(number, "день", "дня", "дней") if language == "ru" else counted(number, "day", "days"),
    )


def _free(grounds: Grounds, language: str) -> str:
    membership = grounds.now.candidate.membership
    kind = _say(language, *_KINDS[membership.kind])
    if membership.free_until:
        return kind + _say(language, ", until {}", ", до {}", day_in(membership.free_until, language))
    return kind + _say(language, ", without an end", ", без срока")


def _expired(grounds: Grounds, language: str) -> str:
    membership = grounds.now.candidate.membership
    if not membership.kind.pays and membership.free_until:
        kind, until = _say(language, *_KINDS[membership.kind]), day_in(membership.free_until, language)
        return _say(language, "{}, but only until {}", "{}, но только до {}", kind, until)
    ended = [paid.period.last for paid in grounds.periods if paid.full and paid.period.last < grounds.date]
    return _say(language, "the paid time ended on {}", "оплаченный срок закончился {}", day_in(max(ended), language))


def _not_yet_started(grounds: Grounds, language: str) -> str:
    begins = [paid.period.first for paid in grounds.periods if paid.full and paid.period.first > grounds.date]
    return _say(language, "the paid time begins on {}", "оплаченный срок начинается {}", day_in(min(begins), language))


def _unpaid(grounds: Grounds, language: str) -> str:
    if grounds.periods:
        return _say(
            language,
            "what was paid is for another time, or was paid back",
            "оплачено другое время, или деньги были возвращены",
        )
    return _say(language, "nothing was paid", "ничего не оплачено")


def _paused(grounds: Grounds, language: str) -> str:
    candidate = grounds.now.candidate
    pause = candidate.seat.pause
    if not pause.covers(grounds.date):
        own = candidate.own_pause
        assert own is not None, "paused by the register or by the reader"
        assert own.first is not None, "it begins on a day"
        first = day_in(own.first, language)
        if own.last is None:
            return _say(
                language,
                "the reader wants no more, and gets no issue from {} on",
                "читатель больше не хочет получать выпуски, и с {} их не получает",
                first,
            )
        return _say(
            language,
            "the reader has paused from {} until {}",
            "читатель приостановил получение с {} по {}",
            first,
            day_in(own.last, language),
        )
    paused = _say(language, "copies are paused", "получение приостановлено")
    if pause.first:
        paused += _say(language, " from {}", " с {}", day_in(pause.first, language))
    if pause.last:
        return paused + _say(language, " until {}", " по {}", day_in(pause.last, language))
    return paused + _say(language, ", until further notice", ", без срока")


def _ended(grounds: Grounds, language: str) -> str:
    ended_on = grounds.now.candidate.seat.ended_on
    assert ended_on is not None, "the rule has looked at it"
    return _say(
        language,
        "the membership ended for this person on {}",
        "членство этого человека закончилось {}",
        day_in(ended_on, language),
    )


def _no_edition(grounds: Grounds, language: str) -> str:
    if language != "ru":
        return grounds.now.entitlement.evidence[0]
    return f"на языках читателя ({', '.join(grounds.now.candidate.seat.languages)}) выпуска нет"


def _no_seat(grounds: Grounds, language: str) -> str:
    membership = grounds.now.candidate.membership
    return _say(
        language,
        "the {} seats of membership {} are taken by others",
        "все места ({}) членства {} заняты другими",
        membership.kind.seats,
        membership.id,
    )


def _not_in_circulation(grounds: Grounds, language: str) -> str:
    circle = grounds.now.candidate.membership.circle
    if not circle:
        return _say(language, "the membership belongs to no circle", "членство не относится ни к одному кругу")
    return _say(
        language,
        "the membership belongs to the circle “{}”, which this newsletter does not go to",
        "членство относится к кругу «{}», которому этот бюллетень не рассылается",
        circle,
    )


def _address_held(grounds: Grounds, language: str) -> str:
    address = grounds.now.candidate.seat.address
    return _say(language, "we do not write to {} for now", "на адрес {} мы пока не пишем", address)


def _underpaid(grounds: Grounds, language: str) -> str:
    return "; ".join(shortfall_sentence(each, language) for each in grounds.shortfalls)


def _no_address(grounds: Grounds, language: str) -> str:
    covered = any(paid.full and paid.period.covers(grounds.date) for paid in grounds.periods)
    sentence = _say(language, "the register has no e-mail address", "в реестре нет адреса электронной почты")
    return sentence + (_say(language, ", though the fee is paid", ", хотя взнос оплачен") if covered else "")


_SENTENCES: Mapping[EntitlementReason, Callable[[Grounds, str], str]] = {
    EntitlementReason.HONORARY: _free,
    EntitlementReason.COMPLIMENTARY: _free,
    EntitlementReason.PAID: _paid,
    EntitlementReason.GRACE: _grace,
    EntitlementReason.NOT_IN_CIRCULATION: _not_in_circulation,
    EntitlementReason.ENDED: _ended,
    EntitlementReason.NO_ADDRESS: _no_address,
    EntitlementReason.NO_SEAT: _no_seat,
    EntitlementReason.UNDERPAID: _underpaid,
    EntitlementReason.EXPIRED: _expired,
    EntitlementReason.NOT_YET_STARTED: _not_yet_started,
    EntitlementReason.UNPAID: _unpaid,
    EntitlementReason.PAUSED: _paused,
    EntitlementReason.ADDRESS_HELD: _address_held,
    EntitlementReason.NO_EDITION: _no_edition,
}

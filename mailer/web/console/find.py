"""The one box: any question typed or pasted, answered in a sentence with links."""

from mailer.domain.access import Right
from mailer.domain.answer import NoAnswer
from mailer.pipeline.overview.answer import answer
from mailer.views.answer import copy_sentence, none_sentence, person_sentence, reason_sentence
from mailer.web.answers import Answer, show
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit


def find(visit: Visit) -> Answer:
    """Answer the question. The box posts it, so that no name and no address stands in an address or a log."""
    typed = visit.form["q"] or visit.query["q"]
    sees_people = visit.may(Right.SEE_REGISTER)
    answered, language = answer(visit.context, typed, sees_people=sees_people), visit.language
    return show(
        "overview/find.html",
        answered=answered,
        no_answer=none_sentence(answered.why_none, language) if answered.why_none is not None else "",
        is_asked=answered.why_none is not NoAnswer.EMPTY,
        reason=reason_sentence(answered, language) if answered.reason is not None else "",
        people=[(person, person_sentence(person, language)) for person in answered.people],
        copies=[(copy, copy_sentence(copy, language, names=sees_people)) for copy in answered.copies],
    )


ROUTES: tuple[AnyRoute, ...] = (
    Page("/find", find, Right.SEE_ISSUES),
    Deed("/find", find, Right.SEE_ISSUES),
)

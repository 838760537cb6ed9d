"""One request of a signed-in user: the installation, the user, and what was typed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from mailer.app.installation import App
from mailer.domain.access import Right
from mailer.domain.errors import MailerError
from mailer.domain.remedy import Note
from mailer.domain.sign_in import ConsoleSession
from mailer.domain.user import User
from mailer.pipeline.context import Context, IssueName
from mailer.texts import Texts
from mailer.web.form import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request. The context's `who` is the user, so that verbs record who acted."""

    app: App
    context: Context
    user: User
    texts: Texts
    session: ConsoleSession
    path: str
    is_answer_to_form: bool = False  # a page that cannot be opened again by its address
    params: Mapping[str, Any]
    query: Form
    form: Form

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.texts.language

    @property
    def address(self) -> str:
        """The path with what stands behind the question mark."""
        pairs = [(name, value) for name in self.query for value in self.query.all(name)]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    @property
    def issue(self) -> IssueName:
        """The issue that the address names."""
        return IssueName(newsletter=str(self.params["newsletter"]), serial=int(self.params["serial"]))

    @property
    def masthead(self) -> str:
        """Whose console it is: the newsletter's name; of several, the service's."""
        names = [newsletter.name for newsletter in self.context.newsletters.values()]
        return names[0] if len(names) == 1 else "Club Mailer"

    @property
    def timezone(self) -> str:
        """The time zone of the newsletters; empty where they have several."""
        zones = {newsletter.schedule.timezone for newsletter in self.context.newsletters.values()}
        return zones.pop() if len(zones) == 1 else ""

    def may(self, right: Right) -> bool:
        """Whether the user may do this."""
        return self.user.may(right)

    def text(self, message: str, /, **values: object) -> str:
        """A text of the console in the page's language, with its `{names}` filled in."""
        return self.texts.text(message, **values)

    def plural(self, singular: str, plural: str, number: int, /, **values: object) -> str:
        """The one of two texts that fits the number, with `{number}` and its other `{names}` filled in."""
        return self.texts.plural(singular, plural, number, **values)

    def linked(self, text: str) -> Markup:
        """A notice in which each issue that it names is a link to the issue's page."""
        names = "|".join(map(re.escape, self.context.newsletters))
        issue = re.compile(rf"(?<![\w/.-])((?:{names})/\d+)(?![\w/-])")
        return Markup(issue.sub(r'<a href="/issues/\1">\1</a>', str(escape(text)))) if names else escape(text)  # noqa: S704

    def sentence(self, problem: MailerError | Note) -> str:
        """What a verb says of a failure or a warning."""
        return self.texts.sentence(str(problem))

"""What was typed into a form, or stands behind the question mark of an address, and the files sent with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.requests import Request

# Most fields and files of a form, and octets of a field and of a file.
FIELDS = 1_000
FILES = 60
FIELD_OCTETS = 8_000_000
# The same for those who have not signed in.
SMALL_FIELDS = 20
SMALL_OCTETS = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """A file as a browser sent it; its name is what the browser says."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields with their values, in order, and the files. A missing field reads as empty."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    uploads: Mapping[str, Sequence[UploadedFile]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """The last value of the field, without spaces around it; empty when it is missing."""
        return self.exact(name).replace("\0", "").strip()  # PostgreSQL stores no NUL

    def exact(self, name: str) -> str:
        """The same with all its spaces, such as those of a password."""
        values = self.fields.get(name)
        return values[-1] if values else ""

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def all(self, name: str) -> list[str]:
        """Every value of the field."""
        return list(self.fields.get(name, ()))

    def files(self, name: str) -> list[UploadedFile]:
        """Every file of the field; an empty choice is none."""
        return list(self.uploads.get(name, ()))


def query_of(request: Request) -> Form:
    """What stands behind the question mark."""
    return Form(fields={name: request.query_params.getlist(name) for name in request.query_params})


async def small_form_of(request: Request) -> Form:
    """The form of a stranger: a few short fields and no file. Raises HTTPException 400 for anything more."""
    posted: dict[str, list[str]] = {}
    async with request.form(max_fields=SMALL_FIELDS, max_files=0, max_part_size=SMALL_OCTETS) as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                posted.setdefault(name, []).append(value)
    return Form(fields=posted)


async def form_of(request: Request) -> Form:
    """The form that was posted. Raises HTTPException 400 for a form that is too large or broken."""
    fields: dict[str, list[str]] = {}
    uploads: dict[str, list[UploadedFile]] = {}
    async with request.form(max_fields=FIELDS, max_files=FILES, max_part_size=FIELD_OCTETS) as posted:
        for name, value in posted.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    upload = UploadedFile(name=value.filename, content=await value.read())
                    uploads.setdefault(name, []).append(upload)
            else:
                fields.setdefault(name, []).append(value)
    return Form(fields=fields, uploads=uploads)

"""The rows of the roster's files. Reading one checks it: an unknown word or a wrong date is an error."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from gongkai.roster.credit_code import PATTERN, check_character, is_credit_code
from gongkai.roster.names import normalise_name

Level = Literal["national", "provincial", "prefecture", "county", "township"]
OrganType = Literal["government_office", "department", "township", "special_zone", "public_institution"]
Scope = Literal["own_organ", "whole_area"]
Relation = Literal["rename", "merge", "split"]


def _blank_is_none(value: object) -> object:
    return None if value == "" else value


def _split_names(value: object) -> object:
    return tuple(name for name in value.split("|") if name) if isinstance(value, str) else value


def _with_check_character(code: str) -> str:
    if not is_credit_code(code):
        raise ValueError(
            f"the last character of the credit code is wrong: it should be {check_character(code)} (GB 32100)"
        )
    return code


Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
OptionalKey = Annotated[Key | None, BeforeValidator(_blank_is_none)]
OptionalText = Annotated[str | None, BeforeValidator(_blank_is_none)]
CreditCode = Annotated[
    Annotated[str, Field(pattern=f"^{PATTERN}$"), AfterValidator(_with_check_character)] | None,
    BeforeValidator(_blank_is_none),
]
OptionalDate = Annotated[date | None, BeforeValidator(_blank_is_none)]
Hosts = Annotated[tuple[Annotated[str, Field(pattern=r"^[^/\s|]+$")], ...], BeforeValidator(_split_names)]
TitleWords = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_split_names)]
Words = Annotated[str, Field(min_length=1)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class _Dated(_Row):
    """Rows that hold from `valid_from` to `valid_to`, both included; an open end is None."""

    valid_from: date
    valid_to: OptionalDate = None

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def overlaps(self, other: _Dated) -> bool:
        """Whether there is a day on which both are valid."""
        return self.valid_from <= (other.valid_to or date.max) and other.valid_from <= (self.valid_to or date.max)


class Agency(_Dated):
    """A body that owes reports (Regulations on Open Government Information 2019, art. 49, 50).

    aliases: other printed names, separated by ``|`` in the file. uscc: unified social credit code (GB 32100).
    parent_agency_id: the agency above it. portal: where its reports are listed. valid_from, valid_to: the time in
    which this roster expects reports of it; a report of year Y is expected if 31 December Y lies within.
    source: where these facts come from.
    """

    agency_id: Key
    name: Words
    aliases: Annotated[tuple[str, ...], BeforeValidator(_split_names)] = ()
    uscc: CreditCode = None
    region_code: Key
    level: Level
    organ_type: OrganType
    scope: Scope
    parent_agency_id: Annotated[OptionalKey, Field(alias="parent")] = None
    portal: OptionalKey = None
    source: OptionalText = None

    @property
    def name_normalised(self) -> str:
        return normalise_name(self.name)

    def names(self) -> tuple[AgencyAlias, ...]:
        """Its own name and its aliases, normalised, each once."""
        names = dict.fromkeys(map(normalise_name, (self.name, *self.aliases)))
        return tuple(AgencyAlias(name_normalised=name, agency_id=self.agency_id) for name in names)

    def expected_for(self, year: int) -> bool:
        """Whether a report for the year is expected."""
        return self.valid_on(date(year, 12, 31))


class AgencyAlias(_Row):
    """A printed name, normalised, and whose it is. An agency's own name is one of its aliases."""

    name_normalised: str
    agency_id: str


class AgencyChange(_Row):
    """A reorganisation: `agency_id` took over from `predecessor_id` on a day."""

    agency_id: Key
    predecessor_id: Key
    relation: Relation
    changed_on: date


class Region(_Dated):
    """A division of GB/T 2260 (six digits), or an area with a code of our own (is_statutory false)."""

    region_code: Key
    name: Words
    level: Level
    parent_code: OptionalKey = None
    is_statutory: bool
    source: Words


class Portal(_Row):
    """A listing of reports. `url` may hold ``{year}`` (the report year) and ``{demo_portal}``; `module` reads it.

    module: the vendor of the CMS, or ``auto``. interval: seconds between two requests to a host, where the setting does
    not fit; 0 for a host of one's own. official_hosts: hosts outside .gov.cn whose documents may be published.
    private_hosts: hosts in a private network that may be visited, ``host`` or ``host:port``. title_words: a title must
    hold one of them, where a listing mixes these reports with others. All three are separated by ``|`` in the file.
    tls: ``legacy`` allows old ciphers and protocols, ``unverified`` any certificate besides.
    """

    portal_id: Key
    name: Words
    region_code: Key
    module: Key
    url: Annotated[str, Field(pattern=r"^(https?://|\{demo_portal\})")]
    interval: Annotated[Annotated[float, Field(ge=0)] | None, BeforeValidator(_blank_is_none)] = None
    official_hosts: Hosts = ()
    private_hosts: Hosts = ()
    title_words: TitleWords = ()
    tls: Annotated[Literal["legacy", "unverified"] | None, BeforeValidator(_blank_is_none)] = None
    note: OptionalText = None

    def wants(self, title: str) -> bool:
        """Whether what a line of the listing is called passes the filter."""
        return not self.title_words or any(normalise_name(word) in normalise_name(title) for word in self.title_words)


class FormerAddress(_Row):
    """Where a portal's listing was until a day, and why it is there no more."""

    portal_id: Key
    url: Annotated[str, Field(pattern=r"^https?://")]
    valid_to: date
    reason: Words

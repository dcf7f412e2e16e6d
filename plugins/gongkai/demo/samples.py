"""The reports that the bundled portal publishes: five real ones and those of a city that does not exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

from gongkai.demo.draft import Noise, Prose, load_data
from gongkai.demo.figures import Number, Plan, broken_identities, cell_key, changed, draw_figures, printed
from gongkai.demo.render import LAYOUTS, render
from gongkai.errors import GongkaiError
from gongkai.forms import CellKey, Form, form_for_year
from gongkai.roster import Agency, Roster, load_roster

ROSTER_DIR = Path(str(files("gongkai.demo").joinpath("roster")))
_LAST_LINE = 8  # %%EOF and the ends of lines
_DEADLINE_DEPARTMENT, _DEADLINE_AREA = (1, 31), (3, 31)


@dataclass(frozen=True)
class Sample:
    """One published report. `container`: is the layout the ``page`` itself, an ``attachment`` of one, or a ``file``.

    figures: the text of each cell as printed. breaks: names of the identities that the printed figures break.
    share: how much of the file reached the portal before its last line (1 for all).
    """

    agency: Agency
    year: int
    form: Form
    layout: str
    container: str
    published_on: date
    figures: Mapping[CellKey, str]
    prose: Prose
    noise: Noise
    breaks: tuple[str, ...] = ()
    share: float = 1.0

    @property
    def title(self) -> str:
        return f"{self.agency.name}{self.year}年政府信息公开工作年度报告"

    @property
    def index_number(self) -> str | None:
        return f"{self.agency.uscc}/{self.published_on:%Y}-00001" if self.agency.uscc else None

    def render(self) -> bytes:
        """The bytes of the file."""
        data = render(
            self.form,
            self.figures,
            agency=self.agency.name,
            year=self.year,
            layout=self.layout,
            title=self.title,
            published_on=self.published_on,
            index_number=self.index_number,
            prose=self.prose,
            noise=self.noise,
        )
        return data if self.share == 1 else data[: int(len(data) * self.share)] + data[-_LAST_LINE:]


@dataclass(frozen=True)
class Notice:
    """A page that is listed among the reports and is none."""

    portal_id: str
    year: int
    published_on: date
    title: str
    paragraphs: tuple[str, ...]


def demo_roster(demo_portal: str | None = None) -> Roster:
    """The roster of the bundled portal."""
    return load_roster(ROSTER_DIR, demo_portal)


@cache
def _plan() -> Plan:
    return dict(load_data("sample_city.yaml"))


def notices() -> tuple[Notice, ...]:
    """Everything listed that is no report."""
    return tuple(
        Notice(entry["portal_id"], entry["year"], entry["published_on"], entry["title"], tuple(entry["paragraphs"]))
        for entry in _plan()["notices"]
    )


@cache
def samples() -> tuple[Sample, ...]:
    """Every report that the portal publishes; the same on every machine."""
    roster = demo_roster()
    return (*_real(roster), *_fictional(roster))


def _real(roster: Roster) -> Iterator[Sample]:
    agencies = {agency.agency_id: agency for agency in roster.agencies}
    for entry in load_data("sample_real.yaml"):
        form = _form(entry["year"])
        figures = dict.fromkeys(form.cell_ids, "0")
        figures |= {cell_key(address): text for address, text in entry["figures"].items()}
        yield Sample(
            agency=agencies[entry["agency_id"]],
            year=entry["year"],
            form=form,
            layout=entry["layout"],
            container="attachment" if LAYOUTS[entry["layout"]].extension == "docx" else "file",
            published_on=entry["published_on"],
            figures=figures,
            prose=Prose(paragraphs={form.sections[0].key: entry["overview"]}),
            noise=Noise(**entry.get("noise", {})),
        )


def _form(year: int) -> Form:
    form = form_for_year(year)
    if form is None:
        raise GongkaiError(f"no form is in force for {year}")
    return form


def _fictional(roster: Roster) -> Iterator[Sample]:
    plan = _plan()
    predecessors = {change.agency_id: change.predecessor_id for change in roster.changes}
    agencies = [agency for agency in roster.agencies if agency.source == "fiction"]
    true_figures: dict[tuple[str, int], dict[CellKey, Number]] = {}
    for year in range(plan["first_year"], plan["last_year"] + 1):
        for at, agency in enumerate(agencies):
            if not agency.expected_for(year):
                continue
            key = agency.agency_id
            before = true_figures.get((key, year - 1)) or true_figures.get((predecessors.get(key, ""), year - 1))
            figures = draw_figures(_form(year), plan, agency_id=key, year=year, before=before)
            true_figures[key, year] = figures
            if _entry(plan["unpublished"], agency, year) is None:
                yield _sample(plan, agency, year, at, figures)


def _entry(entries: Sequence[Mapping[str, Any]], agency: Agency, year: int) -> Mapping[str, Any] | None:
    return next((e for e in entries if e["agency_id"] == agency.agency_id and e["year"] == year), None)


def _sample(plan: Plan, agency: Agency, year: int, at: int, figures: Mapping[CellKey, Number]) -> Sample:
    random = Random(f"{agency.agency_id} {year} prose")  # noqa: S311 - a seed, not a secret
    form = _form(year)
    rotation = plan["rotation"]
    truncated = _entry(plan["truncated"], agency, year)
    style = truncated or rotation[(at + year - plan["first_year"]) % len(rotation)]
    late, unbalanced = _entry(plan["late"], agency, year), _entry(plan["unbalanced"], agency, year)
    shown = changed(figures, unbalanced["changes"]) if unbalanced else figures
    return Sample(
        agency=agency,
        year=year,
        form=form,
        layout=style["layout"],
        container=style["container"],
        published_on=late["published_on"] if late else _published_on(random, agency, year),
        figures=printed(form, shown, plan, random),
        prose=_prose(random, plan, form, agency, year, figures),
        noise=Noise(**style.get("noise", {})),
        breaks=tuple(dict.fromkeys(broken_identities(form, shown))),
        share=0.4 if truncated else 1.0,
    )


def _published_on(random: Random, agency: Agency, year: int) -> date:
    """Some day in the three weeks before the deadline."""
    month, day = _DEADLINE_AREA if agency.scope == "whole_area" else _DEADLINE_DEPARTMENT
    return date(year + 1, month, day) - timedelta(days=random.randint(0, 20))


def _prose(
    random: Random, plan: Plan, form: Form, agency: Agency, year: int, figures: Mapping[CellKey, Number]
) -> Prose:
    """Sentences whose counts agree with the tables."""
    facts = {name: figures[cell_key(address)] for name, address in plan["facts"].items()}
    website = random.randint(20, 400)
    items = random.randint(10, website)
    words = {"agency": agency.name, "year": year, "next_year": year + 1, **facts}
    words |= {"items": items, "website": website, "wechat": random.randint(3, 90)}
    about_items, about_requests, about_disputes = (random.choice(texts) for texts in plan["overview"])
    if not facts["received"] and not facts["carried"]:
        about_requests = plan["overview_without_requests"]
    overview = [text.format(**words) for text in (about_items, about_requests, about_disputes)]
    problems = [random.choice(plan["problems"]).format(**words)]
    by_section = [section.key for section in form.sections if section.table is None]
    return Prose(paragraphs=dict(zip(by_section, (overview, problems), strict=False)))

"""Holds the files of a roster against each other, and against the divisions of the country."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from gongkai.roster.files import Files, Line, Problem, read_files
from gongkai.roster.model import Agency, AgencyChange, Portal, Region
from gongkai.roster.regions import national_regions

_DOCUMENT = re.compile(r"(?:/t20\d{6}_\d+\.s?html?|\.(?:pdf|docx?|wps|xlsx?|ofd|zip|rar))(?:[?#]|$)", re.IGNORECASE)
_FIXED_YEAR = re.compile(r"(?<![\d.])20[0-3]\d(?!\d)")

Regions = Mapping[str, Sequence[Region]]


def check_roster(folder: Path, modules: Collection[str]) -> list[Problem]:
    """Everything that is wrong with a roster or looks so, by file and line.

    Args:
        folder: holds the files.
        modules: the words that may stand in the column `module` of ``portals.csv``.

    Raises:
        SettingsError: a file cannot be read at all.
    """
    files = read_files(folder)
    found = [*fatal_problems(files), *_doubts(files), *_unknown_modules(files.portals, modules)]
    return sorted(found, key=lambda problem: (problem.file, problem.line, problem.en))


def fatal_problems(files: Files) -> list[Problem]:
    """What keeps a roster from being used."""
    return [
        *files.problems,
        *_repeated(files),
        *_names_of_two(files.agencies),
        *_unknown(files),
        *_overlapping(files.regions),
        *_cycles(files),
    ]


def _doubts(files: Files) -> Iterator[Problem]:
    regions = _by_code(files)
    yield from _codes_of_two(files.agencies)
    yield from _not_at_the_same_time(files, regions)
    yield from _dead_links(files.portals)


def _repeated(files: Files) -> Iterator[Problem]:
    for lines, key in ((files.agencies, "agency_id"), (files.portals, "portal_id")):
        seen: set[str] = set()
        for line in lines:
            value = getattr(line.row, key)
            if value in seen:
                yield line.problem(f"{key} {value} 重复", f"{key} {value} stands twice")
            seen.add(value)


def _names_of_two(agencies: Iterable[Line[Agency]]) -> Iterator[Problem]:
    owners: dict[str, Line[Agency]] = {}
    for line in agencies:
        for name in (alias.name_normalised for alias in line.row.names()):
            owner = owners.setdefault(name, line)
            if owner is not line:
                yield line.problem(
                    f"{name} 已是第 {owner.number} 行 {owner.row.agency_id} 的名称或别名，只能保留一处",
                    f"{name} names both {owner.row.agency_id} (line {owner.number}) and {line.row.agency_id}; keep one",
                )


def _codes_of_two(agencies: Iterable[Line[Agency]]) -> Iterator[Problem]:
    owners: dict[str, Line[Agency]] = {}
    for line in agencies:
        if line.row.uscc is None:
            continue
        owner = owners.setdefault(line.row.uscc, line)
        if owner is not line and owner.row.overlaps(line.row):
            yield line.problem(
                f"统一社会信用代码 {line.row.uscc} 与第 {owner.number} 行 {owner.row.agency_id} 相同",
                f"credit code {line.row.uscc} is also that of {owner.row.agency_id} (line {owner.number})",
                fatal=False,
            )


def _unknown(files: Files) -> Iterator[Problem]:
    """Keys that name nothing."""
    agencies = {line.row.agency_id for line in files.agencies}
    portals = {line.row.portal_id for line in files.portals}
    regions = _by_code(files).keys()
    wanted = (
        (files.agencies, "region_code", "region_code", regions),
        (files.agencies, "parent", "parent_agency_id", agencies),
        (files.agencies, "portal", "portal", portals),
        (files.portals, "region_code", "region_code", regions),
        (files.addresses, "portal_id", "portal_id", portals),
        (files.regions, "parent_code", "parent_code", regions),
        (files.changes, "agency_id", "agency_id", agencies),
        (files.changes, "predecessor_id", "predecessor_id", agencies),
    )
    for lines, column, field, known in wanted:
        for line in lines:
            value = getattr(line.row, field)
            if value is not None and value not in known:
                yield line.problem(f"{column} {value} 不存在", f"{column} {value} is unknown")


def _overlapping(regions: Iterable[Line[Region]]) -> Iterator[Problem]:
    seen: dict[str, list[Region]] = defaultdict(list)
    for region in national_regions():
        seen[region.region_code].append(region)
    for line in regions:
        for other in seen[line.row.region_code]:
            if other.overlaps(line.row):
                dates = f"{other.valid_from} – {other.valid_to or ''}"
                yield line.problem(
                    f"{line.row.region_code} 的有效期与{other.name}（{dates}）重叠",
                    f"{line.row.region_code} overlaps in time with {other.name} ({dates})",
                )
        seen[line.row.region_code].append(line.row)


def _cycles(files: Files) -> Iterator[Problem]:
    agencies = {line.row.agency_id: line for line in files.agencies}
    above = ((line.row.agency_id, line.row.parent_agency_id) for line in files.agencies)
    if cycle := _cycle((key, parent) for key, parent in above if parent is not None):
        chain, line = " → ".join(cycle), min((agencies[key] for key in cycle), key=lambda line: line.number)
        yield line.problem(f"上级机构成环：{chain}", f"the parents run in a circle: {chain}")
    if cycle := _cycle((line.row.agency_id, line.row.predecessor_id) for line in files.changes):
        chain, change = " → ".join(cycle), next(line for line in files.changes if line.row.agency_id in cycle)
        yield change.problem(f"前身机构成环：{chain}", f"the predecessors run in a circle: {chain}")


def _cycle(pairs: Iterable[tuple[str, str]]) -> list[str] | None:
    """A circle among pairs, its first key repeated at the end."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for key, other in pairs:
        sorter.add(other, key)
    try:
        sorter.prepare()
    except CycleError as error:
        return list(error.args[1])
    return None


def _not_at_the_same_time(files: Files, regions: Regions) -> Iterator[Problem]:
    agencies = {line.row.agency_id: line.row for line in files.agencies}
    for line in files.agencies:
        row = line.row
        places = regions.get(row.region_code, ())
        if places and not any(_outlasts(region, row) for region in places):
            yield line.problem(
                f"区划 {row.region_code} 先于该机构撤销",
                f"region {row.region_code} ended before the agency did",
                fatal=False,
            )
        parent = agencies.get(row.parent_agency_id or "")
        if parent and not parent.overlaps(row):
            yield line.problem(
                f"上级机构 {parent.agency_id} 与该机构的有效期不重叠",
                f"parent {parent.agency_id} never existed at the same time",
                fatal=False,
            )
    yield from _still_valid(files.changes, agencies)


def _still_valid(changes: Iterable[Line[AgencyChange]], agencies: Mapping[str, Agency]) -> Iterator[Problem]:
    """Predecessors that were renamed or merged and have not ended; one that was split may go on."""
    for line in changes:
        row, before = line.row, agencies.get(line.row.predecessor_id)
        if before and row.relation != "split" and before.valid_on(row.changed_on):
            yield line.problem(
                f"{before.agency_id} 在 {row.changed_on} 已由 {row.agency_id} 承接而仍有效，请填写 valid_to",
                f"{before.agency_id} is still valid on {row.changed_on}, when {row.agency_id} took over; end it",
                fatal=False,
            )


def _outlasts(region: Region, agency: Agency) -> bool:
    return region.valid_to is None or (agency.valid_to is not None and agency.valid_to <= region.valid_to)


def _dead_links(portals: Iterable[Line[Portal]]) -> Iterator[Problem]:
    for line in portals:
        url = line.row.url
        if found := _DOCUMENT.search(url):
            yield line.problem(
                f"网址像一份文件而不是列表：{found[0]}",
                f"url looks like one document, not a listing: {found[0]}",
                fatal=False,
            )
        elif "{year}" not in url and (found := _FIXED_YEAR.search(url)):
            yield line.problem(
                f"网址写死了年份 {found[0]}，请改为 {{year}} 或列表首页",
                f"url holds the year {found[0]}: write {{year}} instead, or give the listing of all years",
                fatal=False,
            )


def _unknown_modules(portals: Iterable[Line[Portal]], modules: Collection[str]) -> Iterator[Problem]:
    known = ", ".join(modules)
    for line in portals:
        if line.row.module not in modules:
            yield line.problem(
                f"module {line.row.module} 不存在，可用：{known}",
                f"module {line.row.module} is unknown; known: {known}",
            )


def _by_code(files: Files) -> Regions:
    regions: dict[str, list[Region]] = defaultdict(list)
    for region in (*national_regions(), *(line.row for line in files.regions)):
        regions[region.region_code].append(region)
    return regions

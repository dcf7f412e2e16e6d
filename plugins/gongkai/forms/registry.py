"""Finds and loads the form files that ship with the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from gongkai.errors import FormError
from gongkai.forms.model import Form
from gongkai.forms.parts import Text

try:  # the C loader is ten times as fast; both read the same language
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - a build of PyYAML without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_BETWEEN_FORMS = ("crosswalk.yaml", "continuity.yaml")
"""The data files that are no form."""


class Concept(BaseModel):
    """One line of the crosswalk: which cells carry a concept in each form, and whether they may be compared."""

    model_config = ConfigDict(frozen=True, extra="allow")

    key: str
    zh: str
    en: str
    table: str
    comparable: bool
    reason: Text

    def keys_in(self, form: str) -> tuple[str, ...]:
        return tuple((self.model_extra or {}).get(form, ()))

    def place(self, address: str) -> tuple[str, str]:
        """The table and the row, or row and column, that an address names; one with three parts names its table."""
        table, dot, rest = address.partition(".")
        return (table, rest) if dot and "." in rest else (self.table, address)


def load_yaml(name: str) -> Any:
    """A data file of this package."""
    text = files("gongkai.forms").joinpath(name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=_Loader)  # both loaders are safe ones


@cache
def all_forms() -> tuple[Form, ...]:
    """Every form, ordered by its first report year.

    Raises:
        FormError: a form file breaks the rules of :mod:`gongkai.forms.model`.
    """
    names = sorted(
        entry.name
        for entry in files("gongkai.forms").iterdir()
        if entry.name.endswith(".yaml") and entry.name not in _BETWEEN_FORMS
    )
    forms = []
    for name in names:
        try:
            forms.append(Form.model_validate(load_yaml(name)))
        except ValidationError as error:
            raise FormError(f"forms/{name} is not a valid form: {error}") from error
    return tuple(sorted(forms, key=lambda form: form.years.first))


@cache
def form_by_id(form_id: str) -> Form:
    """The form of that id.

    Raises:
        FormError: there is none.
    """
    for form in all_forms():
        if form.form == form_id:
            return form
    raise FormError(f"no form is called {form_id!r}; known: {', '.join(f.form for f in all_forms())}")


def form_for_year(year: int) -> Form | None:
    """The form that a report year should use. Only a prior: the labels found decide."""
    for form in all_forms():
        if form.years.first <= year and (form.years.last is None or year <= form.years.last):
            return form
    return None


@cache
def crosswalk() -> tuple[Concept, ...]:
    """What may be compared between forms (forms/crosswalk.yaml)."""
    return tuple(Concept.model_validate(entry) for entry in load_yaml("crosswalk.yaml")["concepts"])

"""The statutory forms as data, one YAML file an era, and the small model that loads them."""

from gongkai.forms.continuity import Bridge, Continuity, bridges, continuities
from gongkai.forms.identities import Equation, Identity
from gongkai.forms.model import Form
from gongkai.forms.parts import Block, CellKey, Column, Group, Row, Section, Table
from gongkai.forms.registry import Concept, all_forms, crosswalk, form_by_id, form_for_year

__all__ = [
    "Block",
    "Bridge",
    "CellKey",
    "Column",
    "Concept",
    "Continuity",
    "Equation",
    "Form",
    "Group",
    "Identity",
    "Row",
    "Section",
    "Table",
    "all_forms",
    "bridges",
    "continuities",
    "crosswalk",
    "form_by_id",
    "form_for_year",
]

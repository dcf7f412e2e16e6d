"""HTML pages that stand alone: one file, no script, nothing from anywhere, everything that is filled in escaped."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def render_page(package: str, name: str, /, **values: object) -> str:
    """The page of ``templates/<name>.html.j2`` and ``templates/<name>.css`` of a package.

    The template extends ``base.html.j2``, whose content security policy allows this one style and nothing else.

    Raises:
        jinja2.UndefinedError: the template asks for a value that is not given.
    """
    style = files(package).joinpath("templates", f"{name}.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _environment(package).get_template(f"{name}.html.j2").render(style=style, style_hash=digest, **values)


@cache
def _environment(package: str) -> Environment:
    return Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("gongkai.pages")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

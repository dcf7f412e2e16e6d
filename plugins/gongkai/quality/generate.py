"""Writes the suites that follow from the forms: ``python -m gongkai.quality.generate [--check]``.

With ``--check`` nothing is written; the files that differ are named and the exit status is 1.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from gongkai.quality.marts import marts_suite
from gongkai.quality.suites import Suite, verdict_suites
from gongkai.settings import settings


def suites() -> dict[str, Suite]:
    """Every suite by its name, which is its file's name without ``.json``."""
    return {suite["name"]: suite for suite in (*verdict_suites(), marts_suite())}


def as_text(suite: Suite) -> str:
    """A suite as its file holds it."""
    return json.dumps(suite, ensure_ascii=False, indent=2) + "\n"


def drift(folder: Path) -> list[str]:
    """Names of files in `folder` that are missing, differ from what the forms give, or belong to nothing any more."""
    wanted = {f"{name}.json": as_text(suite) for name, suite in suites().items()}
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def write(folder: Path) -> None:
    """Make `folder` hold exactly the suites that the forms give."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, suite in suites().items():
        (folder / f"{name}.json").write_text(as_text(suite), encoding="utf-8")
    for name in drift(folder):
        (folder / name).unlink()


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is not what the forms give.")
def main(check: bool) -> None:
    """Write the suites of expectations/ from the forms."""
    folder = settings().project_dir / "expectations"
    different = drift(folder)
    if check and different:
        raise click.ClickException(f"{folder}: {', '.join(different)} — run `python -m gongkai.quality.generate`")
    if not check:
        write(folder)
    click.echo(f"{folder}: {len(different)} of {len(suites())} files {'differ' if check else 'written anew'}")


if __name__ == "__main__":
    main()

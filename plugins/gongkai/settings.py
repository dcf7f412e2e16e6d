"""Every setting of gongkai, in one place: an environment variable ``GONGKAI_<NAME>`` each, or a line in ``.env``.

The local stack, the DAGs, dbt, Great Expectations and ``docker-compose.yml`` all derive from these.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gongkai.errors import SettingsError

PREFIX = "GONGKAI_"
_GROUP = re.compile(r"[0-9a-z-]+(?:\.[0-9a-z-]+)+=[1-9]\d{0,3}")


def _find_project_dir() -> Path:
    """The checkout that holds ``dbt_project/`` and ``dags/``: here, above, or where the package was installed from."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if (folder / "dbt_project" / "dbt_project.yml").exists():
            return folder
    return here


class Settings(BaseSettings):
    """What can be set. Paths may be relative to the project folder; ports of 0 mean "the first free one"."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    project_dir: Path = Field(default_factory=_find_project_dir)
    state_dir: Path = Field(default=Path(".gongkai"), description="where the local stack keeps everything it writes")

    database_url: str | None = Field(
        default=None, description="owner's DSN of one's own Postgres (postgresql://…); none: the embedded one is used"
    )
    loader_url: str | None = Field(default=None, description="DSN of the loader; none: derived from database_url")
    archive_url: str | None = Field(
        default=None, description="fsspec URL of the archive, e.g. s3://bucket/gongkai; none: a folder in state_dir"
    )
    roster_dir: Path | None = Field(default=None, description="folder of agencies.csv and portals.csv")

    host: str = Field(default="127.0.0.1", description="address that the local stack listens on")
    postgres_port: int = Field(default=0, ge=0, le=65535)
    airflow_port: int = Field(default=0, ge=0, le=65535)
    portal_port: int = Field(default=0, ge=0, le=65535)

    batch_size: int = Field(default=200, ge=1, description="reports a mapped parse task reads")
    unreadable_share: float = Field(
        default=0.2, ge=0, le=1, description="the tally fails a run in which a larger share of the files was not read"
    )
    vanished_share: float = Field(
        default=0.2, ge=0, le=1, description="the tally fails a run in which a larger share of listed reports is gone"
    )
    file_size_limit: int = Field(default=50_000_000, gt=0, description="bytes of one input file")
    file_seconds: float = Field(default=60.0, gt=0, description="time to read one file")
    file_memory: int = Field(default=1 << 30, gt=0, description="bytes of memory to read one file")
    ocr_seconds: float = Field(default=600.0, gt=0, description="time to read one scan by OCR")
    ocr_memory: int = Field(default=3 << 30, gt=0, description="bytes of memory to read one scan by OCR")
    page_limit: int = Field(default=300, gt=0, description="pages of one PDF")
    soffice: str | None = Field(
        default=None, description="LibreOffice, which reads .doc, .wps, .rtf and .odt; none: soffice on PATH"
    )

    request_seconds: float = Field(default=30.0, gt=0)
    request_interval: float = Field(default=1.0, ge=0, description="seconds between two requests to one host")
    host_concurrency: int = Field(default=1, ge=1, description="requests to one host at once")
    host_groups: str | None = Field(
        default=None,
        description="domains whose sites share a platform, and how many of their portals are visited at once,"
        " e.g. zj.gov.cn=4,example.gov.cn=1; a pool of Airflow each",
    )
    crawl_seconds: float = Field(default=21_600.0, gt=0, description="time to list or fetch one portal")
    crawl_window: str | None = Field(
        default=None, description="hours in China in which portals are visited, e.g. 22:00-06:00; none: all day"
    )
    user_agent: str = "gongkai (research on open government information)"
    contact: str | None = Field(default=None, description="where a portal's operator reaches you; sent with requests")
    official_domains: str = Field(
        default="gov.cn", description="domains whose documents may be published, separated by commas"
    )

    coverage_floor: float = Field(
        default=0.9, ge=0, le=1, description="share of published agency-years whose totals must be present"
    )
    changed_share: float = Field(
        default=0.05, ge=0, le=1, description="a larger share of published figures may change only with a reason"
    )
    publications_kept: int = Field(
        default=12, ge=1, description="publications at hand for a rollback; older ones are retired"
    )

    @field_validator("database_url", "loader_url")
    @classmethod
    def _is_postgres(cls, url: str | None) -> str | None:
        if url is not None and urlsplit(url).scheme not in ("postgresql", "postgres"):
            raise ValueError("must look like postgresql://user:password@host:port/database")
        return url

    @field_validator("host_groups")
    @classmethod
    def _is_groups(cls, given: str | None) -> str | None:
        if given and not all(_GROUP.fullmatch(group.strip()) for group in given.split(",")):
            raise ValueError("must look like zj.gov.cn=4,example.gov.cn=1")
        return given

    @property
    def groups(self) -> dict[str, int]:
        """Domain of a host group -> how many of its portals are visited at once."""
        given = (group.strip().partition("=") for group in (self.host_groups or "").split(",") if group)
        return {domain: int(slots) for domain, _, slots in given}

    @property
    def official(self) -> tuple[str, ...]:
        """The domains whose documents may be published."""
        return tuple(domain.strip().lower() for domain in self.official_domains.split(",") if domain.strip())

    @property
    def state(self) -> Path:
        """The state folder, absolute."""
        return self.state_dir if self.state_dir.is_absolute() else self.project_dir / self.state_dir

    @property
    def archive(self) -> str:
        """The URL of the archive."""
        return self.archive_url or (self.state / "archive").as_uri()


@cache
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        SettingsError: a setting has a value it cannot have; the message names the setting.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{PREFIX}{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise SettingsError("; ".join(lines)) from error

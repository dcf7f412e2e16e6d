"""The pools that bound how many tasks of a step run at once, whatever the number of workers."""

from __future__ import annotations

FETCH = "gongkai_fetch"
PARSE = "gongkai_parse"
LOAD = "gongkai_load"
PUBLISH = "gongkai_publish"

POOLS = {
    FETCH: (16, "portals visited at once; the pause between two requests to one host is a setting of its own"),
    PARSE: (16, "batches of documents read at once; a core each"),
    LOAD: (4, "batches copied into Postgres at once"),
    PUBLISH: (1, "steps of a publication; one publication is made at a time"),
}

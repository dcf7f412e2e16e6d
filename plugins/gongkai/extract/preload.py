"""What the server that worker processes are forked from loads: to import this is to be ready to read a report.

Readers with heavy libraries are left to the worker that meets such a file.
"""

from __future__ import annotations

import gc

import gongkai.extract.ladder
import gongkai.read.html.reader
import gongkai.read.text
import gongkai.read.word.docx  # noqa: F401
from gongkai.extract.claims import claim_kinds
from gongkai.forms import all_forms

all_forms()
claim_kinds()
gc.collect()
gc.freeze()  # the forms live as long as the process; to look through them for garbage costs a fifth of the reading

"""The recogniser of characters in pictures: RapidOCR's models, which its wheel brings along; nothing is fetched."""

from __future__ import annotations

import resource
import signal
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from gongkai.errors import UnsupportedError
from gongkai.read.limits import Limits

if TYPE_CHECKING:
    import numpy as np

    Image = np.ndarray[Any, Any]
    Corners = np.ndarray[Any, Any]

DETECTOR, RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
LONGEST_SIDE = 1_280  # pixels of the picture in which text is looked for
NARROWEST = (3, 48, 64)  # colours, height, width that a line is brought to; the default width of 320 costs five times
BATCH = 4  # lines read at once; more take memory, and no less time
MISSING = (
    "this version of gongkai is installed without OCR, which reads scans and pictures. Add it with "
    "`uv sync --extra ocr` in a checkout, or `pip install 'gongkai[ocr]'`"
)


class Reading(NamedTuple):
    """The text of a line, and how sure the recogniser is, from 0 to 1."""

    text: str
    sure: float


def check_installed() -> None:
    """Refuse to go on without the optional libraries.

    Raises:
        UnsupportedError: the extra `ocr` is not installed.
    """
    if any(find_spec(name) is None for name in ("rapidocr", "onnxruntime", "cv2")):
        raise UnsupportedError(MISSING)


def make_room(limits: Limits) -> None:
    """Let this process use the memory and time that OCR needs, where it was started with bounds for readers of text."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    left, _ = signal.getitimer(signal.ITIMER_REAL)
    if left > 0:
        signal.setitimer(signal.ITIMER_REAL, max(left, limits.ocr_seconds))


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    models = files("rapidocr") / "models"
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,
            "Det.model_path": str(models / DETECTOR),
            "Det.limit_type": "max",
            "Det.limit_side_len": LONGEST_SIDE,
            "Rec.model_path": str(models / RECOGNISER),
            "Rec.rec_batch_num": BATCH,
            "Rec.rec_img_shape": list(NARROWEST),
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


@cache
def _parts() -> tuple[Any, Any]:
    """The detector and the recogniser, loaded."""
    import numpy as np

    engine = _engine()
    blank = np.full((64, 64, 3), 255, np.uint8)
    engine(blank, use_det=True, use_cls=False, use_rec=False)
    engine(blank, use_det=False, use_cls=False, use_rec=True)
    return engine.text_det, engine.text_rec


def find_lines(image: Image) -> list[Corners]:
    """Where text stands in a grey picture: the four corners of each line, clockwise from the upper left."""
    import cv2

    found = _parts()[0](cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)).boxes
    return [] if found is None else list(found)


def read_lines(images: Sequence[Image]) -> list[Reading]:
    """What grey pictures of single lines say."""
    if not images:
        return []
    import cv2
    from rapidocr.ch_ppocr_rec import TextRecInput

    found = _parts()[1](TextRecInput(img=[cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) for image in images]))
    return [Reading(text, float(sure)) for text, sure in zip(found.txts, found.scores, strict=True)]

"""Text as it is handed on: what only the layout or a font put there is gone."""

from gongkai.read.clean import clean


def test_radicals_that_look_like_characters_become_them() -> None:
    assert clean("⻘溪市⻔户、⻓江、⼈⺠政府 公⽰") == "青溪市门户、长江、人民政府 公示"

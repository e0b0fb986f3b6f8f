from functools import cache
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest

from data import Pack, PackError, Reference, School, rules
from detectors import Finding, Image, Unavailable, _crests, logo, logo_report
from detectors._pictures import decode
from tests import pictures

SCENE = Path(__file__).parents[3] / "shared" / "captures" / "images" / "scene"
SHAPES = ("shield", "round", "lozenge", "square", "swiss")
SEEDS = range(300, 306)
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 120">
<path d="M5 5h90v60q0 40-45 50q-45-10-45-50z" fill="#123a7a"/><circle cx="50" cy="42" r="25" fill="#e8c040"/>
<path d="M40 30l10 24 10-24M20 84h60v8h-60z" fill="#b02030"/><path d="M30 70h40v6h-40z" fill="#fff"/></svg>"""
FILTER = '<filter id="f"><feTurbulence baseFrequency="0.9" numOctaves="100000"/></filter>'


@cache
def school(*names: str, rich: bool = True) -> School:
    return School(Pack(name="Oakfield School"), logos=tuple(reference(name, rich=rich) for name in names))


@cache
def scene(seed: int) -> np.ndarray:
    return pictures.scene(seed, 1280, 560)


def reference(name: str, *, rich: bool = True) -> Reference:
    return Reference(name, pictures.encode(art(int(name), rich=rich)))


@cache
def art(seed: int, *, rich: bool = True) -> np.ndarray:
    return pictures.crest(seed, shape=SHAPES[seed % 5], rich=rich)


def look(pixels: np.ndarray, at: School, **options) -> list[Finding]:
    data = pictures.encode(np.ascontiguousarray(pixels), "JPEG", quality=88, **options)
    return list(logo.look(decode(Image("p", "x.jpg", data)), at))


def level(finding: Finding) -> str:
    return rules()[finding.rule].level(finding.score)


def sure(findings: list[Finding]) -> list[Finding]:
    return [f for f in findings if level(f) == "finding"]


@pytest.mark.parametrize(("size", "at_least"), [(200, 5), (80, 4), (48, 2)])
def test_a_crest_is_found_turned_tilted_blurred_and_tinted(size, at_least):
    """Six crests with words and charges; the held-out figures stand in data/calibration/logo.toml."""
    found = 0
    for seed in SEEDS:
        pasted, box = pictures.paste(scene(seed), art(seed), size, seed)
        hits = sure(look(pasted, school(str(seed))))
        found += any(pictures.overlap(f.location.box, box) >= 0.3 for f in hits)
        assert all(f.ref == str(seed) and f.check == "school-logo" for f in hits)
    assert found >= at_least


def test_a_flat_crest_is_found_when_it_is_large():
    found = 0
    for seed in SEEDS:
        pasted, box = pictures.paste(scene(seed), art(seed, rich=False), 200, seed)
        found += any(
            pictures.overlap(f.location.box, box) >= 0.3
            for f in sure(look(pasted, school(str(seed), rich=False)))
        )
    assert found >= 4


@pytest.mark.parametrize("rich", [True, False])
def test_other_crests_of_the_same_shape_are_never_findings(rich):
    for seed in SEEDS:
        pasted, _ = pictures.paste(scene(seed), art(seed + 10, rich=rich), 180, seed)
        assert sure(look(pasted, school(str(seed), rich=rich))) == []


def test_scenes_without_any_crest_are_silent():
    at = school("300", "301", "302", "303")

    assert [f for seed in range(8) for f in look(scene(700 + seed), at) if level(f) != "candidate"] == []


def avatar(crest: np.ndarray, side: int, ground: int) -> np.ndarray:
    small = cv2.resize(crest, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    cover = small[..., 3:] / 255
    mixed = (small[..., :3] * cover + ground * (1 - cover)).astype(np.uint8)
    edge = side // 8
    return cv2.copyMakeBorder(mixed, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(ground,) * 3)


@pytest.mark.parametrize("ground", [255, 20])
@pytest.mark.parametrize("side", [90, 300])
def test_a_profile_picture_that_is_the_logo_is_found(side, ground):
    found = 0
    for seed in SEEDS:
        found += bool(sure(look(avatar(art(seed), side, ground), school(str(seed)))))
        assert sure(look(avatar(art(seed + 10), side, ground), school(str(seed)))) == []
    assert found >= 5


@pytest.mark.parametrize("worn", ["one colour", "reversed"])
def test_one_colour_and_reversed_versions_are_found(worn):
    found = 0
    for seed in SEEDS:
        crest = art(seed)
        gray = cv2.cvtColor(crest[..., :3], cv2.COLOR_RGB2GRAY)
        gray = gray if worn == "one colour" else 255 - gray
        pasted, _ = pictures.paste(scene(seed), np.dstack([gray] * 3 + [crest[..., 3]]), 160, seed)
        found += bool(sure(look(pasted, school(str(seed)))))
    assert found >= 4


def test_boxes_are_in_source_pixels_of_the_upright_picture():
    pasted, box = pictures.paste(pictures.scene(5, 2400, 1600), art(301), 420, 3)
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    (finding,) = sure(look(np.rot90(pasted), school("301"), exif=exif.tobytes()))

    assert pictures.overlap(finding.location.box, box) > 0.7
    assert finding.location.item == ""  # the door says whose picture it is


def test_where_two_logos_compete_the_likelier_one_is_named():
    pasted, _ = pictures.paste(pictures.scene(9), art(302), 200, 4)

    (finding,) = sure(look(pasted, school("301", "302", "303")))

    assert finding.ref == "302"


def test_the_same_picture_gives_the_same_findings():
    pasted, _ = pictures.paste(pictures.scene(9), art(302), 120, 4)
    fresh = School(Pack(name="Oakfield School"), logos=(reference("302"),))

    assert look(pasted, school("302")) == look(pasted, fresh) != []


@pytest.mark.parametrize("pixels", [np.zeros((10, 10, 3), np.uint8), np.full((400, 400, 3), 90, np.uint8)])
def test_empty_and_tiny_pictures_say_nothing(pixels):
    assert look(pixels, school("301")) == []


def test_a_school_without_logos_has_nothing_to_look_for():
    assert look(pictures.scene(1), School(Pack(name="Oakfield School"))) == []


def test_an_svg_logo_is_drawn_and_found():
    drawn = logo_report(Reference("crest", SVG.encode()))

    assert drawn.smallest_safe is not None
    assert drawn.smallest_safe <= 140


def repeated(times: int) -> str:
    """A group of ten of a group of ten of ..., a few hundred bytes that draw ten to the power of parts."""
    groups = (f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, times + 1))
    return '<defs><g id="g0"><rect width="9" height="9"/></g>' + "".join(groups) + "</defs>"


@pytest.mark.parametrize(
    "head",
    [
        'width="100%" height="100%"',
        'width="25mm" height="30mm"',
        'width="200"',
        'height="9cm"',
        'filter="none"',
    ],
)
def test_the_ways_drawing_programs_measure_an_svg_are_understood(head):
    art = _crests.cut_out(Reference("crest", SVG.replace("<svg", f"<svg {head}").encode()))

    plain = _crests.cut_out(Reference("crest", SVG.encode()))
    assert np.abs(np.subtract(art.shape, plain.shape)).max() < 10  # the renderer rounds to whole pixels first


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"hello", "not a picture"),
        (SVG.replace("<circle", '<image href="/etc/crest.png"/><circle').encode(), "refers to other files"),
        (SVG.replace("#123a7a", "url(http://files.example/a)").encode(), "refers to other files"),
        (SVG.replace("100 120", "1 99999").encode(), "taller"),
        (SVG.replace("100 120", "99999 1").encode(), "wider"),
        (SVG.replace("<svg", '<svg width="1" height="1000000"').encode(), "sensible width"),
        (SVG.replace("<svg", '<svg width="1" height="3000"').encode(), "taller"),
        (SVG.replace("<svg", '<svg width="1e-30" height="1e30"').encode(), "sensible width"),
        (SVG.replace("<svg", '<svg width="-5"').encode(), "sensible width"),
        (SVG.replace("<svg", '<svg width="wide"').encode(), "sensible width"),
        (SVG.replace(' viewBox="0 0 100 120"', "").encode(), "sensible width"),
        (SVG.replace("0 0 100 120", "0 0 nan 120").encode(), "sensible width"),
        (SVG.replace("<circle", "<g>" * 300 + "</g>" * 300 + "<circle").encode(), "deeply nested"),
        (SVG.replace("<circle", "<g/>" * 20_001 + "<circle").encode(), "too many"),
        (SVG.replace("<circle", "<!--" + "x" * 1_000_000 + "--><circle").encode(), "1 MB"),
        (SVG.replace("<circle", FILTER + "<circle").encode(), "filter"),
        (SVG.replace("<circle", '<circle style="filter:blur(900px)"/><circle').encode(), "filter"),
        (
            SVG.replace("<circle", '<image href="data:image/png;base64,AA"/><circle').encode(),
            "picture inside",
        ),
        (SVG.replace("<circle", repeated(6) + "<circle").encode(), "too many times"),
        (SVG.replace("<circle", '<g id="a"><use href="#a"/></g><circle').encode(), "too many times"),
        (SVG.encode()[:150], "cannot be drawn|can be drawn"),
        (pictures.encode(np.zeros((90, 90, 4), np.uint8)), "blank"),
        (pictures.encode(np.full((90, 90, 3), 200, np.uint8)), "blank"),
        (pictures.encode(pictures.scene(1)[:12, :12].copy()), "smaller than"),
    ],
)
def test_a_logo_that_cannot_be_used_is_a_mistake_in_the_pack(data, says):
    with pytest.raises(PackError, match=says):
        logo_report(Reference("crest", data))


def test_a_logo_that_cannot_be_read_makes_the_check_unavailable():
    broken = School(Pack(name="Oakfield School"), logos=(Reference("crest", b"hello"),))

    with pytest.raises(Unavailable, match="crest"):
        look(pictures.scene(1), broken)


def test_the_logo_report_tells_a_rich_logo_from_a_poor_one():
    rich = logo_report(reference("300"))
    white = np.full((60, 60, 3), 255, np.uint8)
    cv2.circle(white, (30, 30), 26, (20, 40, 110), -1)
    poor = logo_report(Reference("dot", pictures.encode(white)))

    assert rich.smallest_safe is not None
    assert rich.smallest_safe <= 80
    assert poor.smallest_safe is None or poor.smallest_safe > rich.smallest_safe
    assert any("larger picture" in advice for advice in poor.advice)
    assert any("transparent" in advice for advice in poor.advice)
    assert not any("larger picture" in advice for advice in rich.advice)


@pytest.mark.skipif(not SCENE.is_dir(), reason="needs the captures beside the checkout")
def test_a_printed_box_is_found_in_a_real_scene():
    at = School(Pack(name="Oakfield School"), logos=(Reference("box", (SCENE / "box.png").read_bytes()),))

    (finding,) = sure(list(logo.look(decode(Image("", "s", (SCENE / "box_in_scene.png").read_bytes())), at)))

    assert pictures.overlap(finding.location.box, (115, 160, 165, 140)) > 0.5

"""Pictures and covers of a book: how large, in which colours, and what a book says of those that it lacks."""

from __future__ import annotations

import io
from dataclasses import fields
from hashlib import sha256

import pytest
from PIL import Image

from convert.emit.epub import BookOptions
from convert.emit.epub.cover import CoverText, draw_cover
from convert.emit.epub.gallery import Gallery, Lack, Shot, TooManyBytesError
from convert.emit.epub.pictures import LEVELS, Level, PictureError, check, prepare, sniff
from tests.test_epub import drawing, encoded, photograph


def decoded(data: bytes) -> Image.Image:
    """A picture that was encoded."""
    return Image.open(io.BytesIO(data))


def test_the_levels_of_pictures() -> None:
    """From the best to the smallest; size goes before quality."""
    assert [(one.edge, one.quality) for one in LEVELS] == [(1600, 80), (1200, 80), (800, 80), (800, 70)]


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_without_colour(form: str) -> None:
    """Where it is asked for, it is stored in greys, as a photograph and as a drawing."""
    data = encoded(photograph(), form)
    made = prepare(data, Level(300, 80), grayscale=True)
    assert decoded(made.data).mode == "L"
    assert decoded(prepare(data, Level(300, 80)).data).mode == "RGB"
    grey = prepare(encoded(drawing(), "PNG"), Level(1600, 80), grayscale=True)
    assert grey.suffix == "png"
    assert max(decoded(grey.data).convert("HSV").getchannel("S").getextrema()) == 0


def test_a_picture_is_no_larger_than_its_level() -> None:
    """The long edge has so many pixels, the other one in proportion; a small one stays as it is."""
    made = prepare(encoded(photograph(900, 600), "JPEG"), Level(300, 80))
    assert (made.width, made.height, decoded(made.data).size) == (300, 200, (300, 200))
    assert (made.suffix, made.media_type) == ("jpg", "image/jpeg")
    small = prepare(encoded(photograph(90, 60), "JPEG"), Level(300, 80))
    assert (small.width, small.height) == (90, 60)


def test_a_drawing_is_a_png_without_grain() -> None:
    """Few colours, each where it was; a photograph with few colours that would cost too much is none."""
    made = prepare(encoded(drawing(), "GIF"), Level(1600, 80))
    assert (made.suffix, made.media_type) == ("png", "image/png")
    assert decoded(made.data).convert("RGB").tobytes() == drawing().tobytes()
    noise = Image.effect_noise((300, 300), 90)
    assert prepare(encoded(noise, "PNG"), Level(1600, 80)).suffix == "jpg"


@pytest.mark.parametrize(
    ("data", "told", "reason"),
    [
        (b"<html>", "不是图片", "no picture"),
        (b"\x89PNG\r\n\x1a\nx", "文件损坏", "a damaged picture"),
        (encoded(Image.new("RGB", (2, 9)), "PNG"), "只有一两个像素", "a picture of a pixel or two"),
        (encoded(Image.new("RGB", (9, 2)), "PNG"), "只有一两个像素", "a picture of a pixel or two"),
    ],
)
def test_why_a_file_is_no_picture(data: bytes, told: str, reason: str) -> None:
    """In words for the reader of the book, and for reports; to look is to say the same."""
    for look in (check, lambda data: prepare(data, LEVELS[0])):
        with pytest.raises(PictureError) as raised:
            look(data)
        assert (str(raised.value), raised.value.reason) == (told, reason)
    assert prepare(encoded(Image.new("RGB", (3, 3)), "PNG"), LEVELS[0]).width == 3


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xff\xd8\xff", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"GIF87a", "GIF"),
        (b"GIF89a", "GIF"),
        (b"RIFF1234WEBP", "WEBP"),
        (b"BM" + bytes(12) + (40).to_bytes(4, "little"), "BMP"),
        (b"BM" + bytes(12) + (41).to_bytes(4, "little"), None),
        (b"BM", None),
        (b"riff1234WEBP", None),
        (b"II*\x00", "TIFF"),
        (b"MM\x00*", "TIFF"),
        (b"1234ftypavif", "AVIF"),
        (b" GIF89a", None),
        (b"WEBP", None),
        (b"", None),
    ],
)
def test_a_format_is_told_by_its_first_bytes(data: bytes, name: str | None) -> None:
    """Those that are taken in, and nothing else."""
    assert sniff(data) == name


FILES = {
    "a.png": encoded(Image.new("RGB", (50, 40), "#c33"), "PNG"),
    "dot.png": encoded(Image.new("RGB", (1, 1)), "PNG"),
}


def gallery(**options: object) -> Gallery:
    """A gallery over two files."""
    return Gallery(lambda path, src: FILES.get(src) if path else None, BookOptions(**options), LEVELS[0])  # type: ignore[arg-type]  # any option


@pytest.mark.parametrize(
    ("pictures", "src", "reason"),
    [
        ("mirror", "b.png", "镜像中没有这张图片。"),
        ("mirror", "https://a.example/b.png", "镜像中没有这张图片。"),
        ("fetch", "b.png", "镜像中没有这张图片。"),
        ("fetch", "https://a.example/b.png", "没有取到这张图片。"),
        ("mirror", "dot.png", "图片文件无法读取。（只有一两个像素）"),
    ],
)
def test_why_a_book_lacks_a_picture(pictures: str, src: str, reason: str) -> None:
    """Whether it was looked for in the mirror, or asked for, or is none."""
    one = gallery(pictures=pictures)
    assert one.get("n1.md", src) == Lack(reason)
    assert one.lacks == {("n1.md", src): reason}
    assert one.files == {}


@pytest.mark.parametrize("threads", [1, 2])
def test_a_picture_is_taken_in_once(threads: int) -> None:
    """Whoever names it, and whether or not it was prepared before; what is not shown is not read."""
    one = gallery(threads=threads)
    one.take_in([("n1.md", "a.png"), ("n2.md", "a.png"), ("n2.md", "b.png")])
    found = one.get("n1.md", "a.png")
    assert isinstance(found, Shot)
    assert found == one.get("n2.md", "a.png")
    assert [*one.files] == [found.file]
    assert found.file == f"images/{sha256(one.files[found.file].data).hexdigest()[:16]}.png"
    left_out = gallery(threads=threads, pictures="omit")
    left_out.take_in([("n1.md", "a.png")])
    assert left_out.get("n1.md", "a.png") is None
    assert (left_out.files, left_out.lacks) == ({}, {})


@pytest.mark.parametrize(("grayscale", "mode"), [(False, "RGB"), (True, "L")])
def test_a_book_without_colours_has_pictures_without(grayscale: bool, mode: str) -> None:
    """Where its options ask for that."""
    one = Gallery(lambda path, src: encoded(photograph(90, 60), "JPEG"), BookOptions(grayscale=grayscale), LEVELS[0])
    one.get("n1.md", "a.jpg")
    (made,) = one.files.values()
    assert decoded(made.data).mode == mode


def test_the_options_of_a_book_by_themselves() -> None:
    """What a book is without any: as docs/config.md says of volumes."""
    assert {one.name: getattr(BookOptions(), one.name) for one in fields(BookOptions)} == {
        "language": "", "style": "book", "script": "none", "spacing": "none", "pictures": "mirror",
        "grayscale": False, "cover": True, "max_bytes": 45_000_000, "chapter_bytes": 260_000, "modified": None,
        "threads": 1, "conforms_to": "",
    }  # fmt: skip


def test_pictures_that_are_too_large_together_are_told() -> None:
    """As soon as they are, one by one and side by side; exactly so many bytes are not too many."""
    size = len(prepare(FILES["a.png"], LEVELS[0]).data)
    assert gallery(max_bytes=size).get("n1.md", "a.png")
    gallery(max_bytes=size, threads=2).take_in([("n1.md", "a.png")])
    with pytest.raises(TooManyBytesError):
        gallery(max_bytes=size - 1).get("n1.md", "a.png")
    with pytest.raises(TooManyBytesError):
        gallery(max_bytes=size - 1, threads=2).take_in([("n1.md", "a.png")])


@pytest.mark.parametrize(
    ("alt", "described"), [("一座桥", True), ("", False), (" ", False), (" 题 ", False), ("图注", False)]
)
def test_a_description_says_something_of_its_own(alt: str, described: bool) -> None:
    """Neither nothing, nor the title or the caption again."""
    one = gallery()
    one.describe(alt, "题 ", " 图注")
    assert one.described is described


GROUNDS = ("#1f3a5f", "#5b2333", "#22513f", "#4a3b63", "#6a3f1d", "#2f4858", "#5a2a27", "#3a4a24")


@pytest.mark.parametrize("ground", GROUNDS)
def test_the_series_chooses_the_colour_of_a_cover(ground: str) -> None:
    """One of eight, the same for all books of a series; the paper below it, and the size, are those of all."""
    series = next(name for name in map(str, range(200)) if GROUNDS[sha256(name.encode()).digest()[0] % 8] == ground)
    cover = decoded(draw_cover(CoverText("", "", (), ""), series))
    assert cover.size == (1500, 2400)
    expected = tuple(int(ground[place : place + 2], 16) for place in (1, 3, 5))
    assert near(cover.getpixel((750, 500)), expected)
    assert near(cover.getpixel((750, 995)), expected)
    assert near(cover.getpixel((750, 1020)), (0xFA, 0xF7, 0xF0))
    assert near(cover.getpixel((750, 2210)), expected)


def near(found: object, expected: tuple[int, ...]) -> bool:
    """Whether a pixel of a JPEG has this colour."""
    return all(abs(one - other) < 16 for one, other in zip(found, expected, strict=True))  # type: ignore[call-overload]  # a pixel of three

"""What is taken for a sound, and how long it lasts."""

import io
import struct
import wave

import pytest

from telephony_crm.pbx import sounds

MP3_FRAME = bytes([0xFF, 0xFB, 0x90, 0x64]) + bytes(60)
SOUNDS = {
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(48),
    "mp3": MP3_FRAME,
    "ogg": b"OggS" + bytes(60),
    "m4a": b"\x00\x00\x00\x20ftypM4A " + bytes(52),
    "webm": b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm" + bytes(40),
    "flac": b"fLaC" + bytes(60),
}


def wav(seconds, rate=8000, extra=b""):
    """A WAV file of silence; ``extra`` stands before its sound."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * int(rate * seconds)))
    data = buffer.getvalue()
    return io.BytesIO(data[:36] + extra + data[36:])


@pytest.mark.parametrize("extension", SOUNDS)
def test_a_sound_is_known_by_its_first_bytes(extension):
    kind = sounds.kind_of(SOUNDS[extension])
    assert kind.extension == extension
    assert kind.mimetype.startswith("audio/")


def test_an_mp3_with_a_title_is_one():
    assert sounds.kind_of(b"ID3\x04" + bytes(60)) == sounds.MP3


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"RIFF",
        b"<!DOCTYPE html><html><head><title>404</title>",
        b'{"status":"error","message":"File not found"}',
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x24\x00\x00\x00AVI LIST",
        b"\x00\x00\x00\x20ftypheic" + bytes(40),
        b"\x1a\x45\xdf\xa3" + bytes(60),
        b"\xff\xfe<\x00s\x00c\x00r\x00i\x00p\x00t\x00",  # a text in UTF-16
        b"\xff\xd8\xff\xe0" + bytes(60),
        b"MZ\x90\x00",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
    ],
)
def test_anything_else_is_no_sound(head):
    assert sounds.kind_of(head) is None


@pytest.mark.parametrize("seconds", [1, 12, 600])
def test_a_wav_tells_its_length(seconds):
    assert sounds.seconds_of(wav(seconds)) == seconds


def test_the_length_is_found_behind_other_chunks():
    extra = b"LIST" + struct.pack("<I", 5) + b"title\x00"
    assert sounds.seconds_of(wav(4, extra=extra)) == 4


def test_a_wav_that_never_learnt_its_size_is_as_long_as_the_file():
    data = bytearray(wav(7).getvalue())
    data[40:44] = b"\xff\xff\xff\xff"
    assert sounds.seconds_of(io.BytesIO(bytes(data))) == 7


@pytest.mark.parametrize(
    "data",
    [
        b"RIFF",
        SOUNDS["wav"][:20],
        MP3_FRAME,
        b"RIFF\x00\x00\x00\x00WAVEdata\xff\xff\xff\xff" + bytes(100),
        b"RIFF\x00\x00\x00\x00WAVE" + b"junk\x00\x00\x00\x00" * 1000,
        b"RIFF\x00\x00\x00\x00WAVEjunk\xff\xff\xff\x7f",
    ],
)
def test_what_tells_no_length_has_none(data):
    assert sounds.seconds_of(io.BytesIO(data)) == 0


def test_a_wav_of_headers_alone_is_empty():
    assert sounds.is_empty(wav(0)) and sounds.is_empty(wav(0, extra=b"LIST\0\0\0\0"))
    assert not sounds.is_empty(wav(1))


@pytest.mark.parametrize("head", SOUNDS.values(), ids=SOUNDS)
def test_what_tells_nothing_of_its_sound_is_not_said_to_be_empty(head):
    assert not sounds.is_empty(io.BytesIO(head))

"""Sound for telephones to play: a tone, as it goes over the wire."""

import math

RATE = 8000  # samples a second


def tone(hertz, seconds=5):
    """Some seconds of a tone as µ-law (G.711), a byte a sample."""
    return bytes(
        _ulaw(round(8000 * math.sin(2 * math.pi * hertz * index / RATE)))
        for index in range(seconds * RATE)
    )


def _ulaw(sample):
    """One 16 bit sample as G.711 has it: sign, exponent, four bits of mantissa."""
    sign = 0x80 if sample < 0 else 0
    size = min(abs(sample), 32635) + 132
    exponent = size.bit_length() - 8
    mantissa = size >> (exponent + 3) & 0x0F
    return ~(sign | exponent << 4 | mantissa) & 0xFF


def linear(byte):
    """One byte of G.711 as a 16 bit sample."""
    byte = ~byte & 0xFF
    size = (((byte & 0x0F) << 3) + 132 << (byte >> 4 & 7)) - 132
    return -size if byte & 0x80 else size

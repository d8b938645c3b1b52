"""IMA ADPCM, four bits a sample: block in, 16-bit samples out. Knows nothing of files, prompts or I2S.

Two tables make a sample cost some twenty byte codes: what a code adds, and where the step goes, for each step and
magnitude. Both are integers; a block that nobody made still gives samples, never an exception.

Ref: IMA Digital Audio Focus and Technical Working Groups, "Recommended Practices for Enhancing Digital Audio
Compatibility" (1992); Microsoft's WAVE form 0x0011: each block begins with one sample, the step and a zero byte.
"""

from array import array

STEPS = (
    (7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97)
    + (107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796)
    + (876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428)
    + (4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350)
    + (22385, 24623, 27086, 29794, 32767)
)
HEAD = 4  # bytes of a block before its codes
_MOVES = (-1, -1, -1, -1, 2, 4, 6, 8)
LAST = len(STEPS) - 1


def _difference(step, magnitude):
    total = step >> 3
    for bit, part in ((4, step), (2, step >> 1), (1, step >> 2)):
        if magnitude & bit:
            total += part
    return total


# at step * 8 + magnitude: what is added, and the next step * 8
ADDS = array("H", bytes(16 * len(STEPS)))
NEXTS = array("H", bytes(16 * len(STEPS)))
for _k in range(8 * len(STEPS)):  # filled in place: a list of them would be three times as large
    ADDS[_k] = _difference(STEPS[_k >> 3], _k & 7)
    NEXTS[_k] = 8 * max(0, min(LAST, (_k >> 3) + _MOVES[_k & 7]))


def samples_of(block_size):
    """How many samples a block of so many bytes holds."""
    return 1 + 2 * (block_size - HEAD)


def decode(block, size, out):
    """Decode `size` bytes of a block into `out`, an array("h"); returns how many samples there are now."""
    if size < HEAD:
        return 0
    value = block[0] | block[1] << 8
    if value > 32767:
        value -= 65536
    state = 8 * min(block[2], LAST)
    out[0] = value
    adds, nexts = ADDS, NEXTS
    for i in range(2 * (size - HEAD)):  # nothing here allocates: garbage by the block would be a pause a second
        code = block[HEAD + (i >> 1)] >> ((i & 1) << 2)
        k = state + (code & 7)
        if code & 8:
            value -= adds[k]
            if value < -32768:
                value = -32768
        else:
            value += adds[k]
            if value > 32767:
                value = 32767
        state = nexts[k]
        out[i + 1] = value
    return samples_of(size)

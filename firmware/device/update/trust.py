"""Whose signature counts: RSA-3072 moduli of 384 bytes. The image's builder writes this file (firmware/tools/romfs.py).

A hub without keys takes no package. Each package brings the keys for the next one, so that a key can be changed.
"""

KEYS = ()

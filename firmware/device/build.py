"""Which firmware this is. The image's builder writes the number (firmware/tools/romfs.py); 0 is a tree without one."""

NUMBER = 0
VERSION = "0.1.0"

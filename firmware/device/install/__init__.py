"""The hub in an installer's hands: Improv for the Wi-Fi, and a sealed channel for all the rest.

Loaded when somebody presses for it, and out of the memory again when the window closes (window.py). The hub protects
all the while: ears, siren and wired button work as ever."""

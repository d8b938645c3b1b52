"""The simulated board's voice: a sentence becomes a line of text and a tone in the home's page."""

import json

import _wire


def say(text, prompt, language, is_quiet=False):
    line = {"text": text, "prompt": prompt, "language": language, "quiet": is_quiet}
    _wire.send(_wire.OUT_VOICE, json.dumps(line).encode())

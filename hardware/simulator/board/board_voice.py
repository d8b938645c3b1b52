"""The simulated board's voice: a sentence becomes a line of text in the home's page; which one sounds is said, too."""

import json

import _wire


def say(text, prompt, language, is_quiet=False):
    line = {"text": text, "prompt": prompt, "language": language, "quiet": is_quiet}
    _wire.send(_wire.OUT_VOICE, json.dumps(line).encode())


def speaking(prompt, paths, volume):
    """The clips of this prompt come out of the loudspeaker from now on; none: a tone."""
    line = {"speaking": prompt, "clips": [path.split("/voices/")[-1] for path in paths], "volume": volume}
    _wire.send(_wire.OUT_VOICE, json.dumps(line).encode())

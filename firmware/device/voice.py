"""The voice. Says the sentence it is given; which one is the kernel's word.

On the simulator's board a sentence is a line of text and a tone in the home's page. On a board the recordings of
the prompts come with the prompt image; until one is there the sentence goes to the console, and nothing else waits.
"""

from hub import prompts

try:
    import board_voice
except ImportError:
    board_voice = None


class Voice:
    """Shape: `language` is "zh" or "en"."""

    def __init__(self, language):
        self._language = language

    def say(self, prompt, who, minutes, is_quiet=False):
        """Say a sentence; `is_quiet`: at night volume."""
        sentence = prompts.text(prompt, self._language, who, minutes)
        if board_voice is not None:
            board_voice.say(sentence, prompt, self._language, is_quiet)
        else:
            print("voice:", sentence)

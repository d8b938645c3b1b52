"""Where Chromium is and how it is started: for tests, pictures and benches alike."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGS = ["--no-sandbox"]


def chromium_path() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)

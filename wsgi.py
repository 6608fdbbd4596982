"""The application, for servers and for `flask --app wsgi …`."""

import os
import sys

from marketplace.app import create_app
from marketplace.settings import BadSettings

try:
    app = create_app()
except BadSettings as error:
    sys.exit(f"Meeloop cannot start. {error}")

if os.environ.get(
    "FLASK_RUN_FROM_CLI"
):  # a web server does without commands: migrations alone take ten megabytes
    from marketplace.commands import register

    register(app)

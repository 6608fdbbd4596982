"""The application, for servers and for `flask --app wsgi …`."""

import sys

from marketplace.app import create_app
from marketplace.settings import BadSettings

try:
    app = create_app()
except BadSettings as error:
    sys.exit(f"Meeloop cannot start. {error}")

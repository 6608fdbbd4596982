"""Forms that are sent twice, left open over night, or sent as somebody else: one thing happens, and a sentence tells."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import steps
from tests.account.letters import ask, code_in_letter, is_signed_in
from tests.cast import Cast, person
from tests.conftest import Visit
from tests.host.drafts import NEW, PLAN, TEXTS, drafted, planned
from tests.pages import Fields, form_of, post
from tests.teacher.test_claiming import FILLED

NIGHT = timedelta(hours=14)


class Form(NamedTuple):
    """A form on somebody's page, and what they fill in."""

    who: str
    page: str
    to: str
    fields: dict[str, Any]


CLAIM = Form("outsider", "/slots/{free}/claim", "/slots/{free}/claim", FILLED)
APPROVE = Form("coordinator", "/desk/claims/{claim}", "/desk/claims/{claim}/approve", {})
REJECT = Form("coordinator", "/desk/claims/{claim}", "/desk/claims/{claim}/reject", {"reason": "Vol."})
WITHDRAW = Form("teacher", "/claims/{claim}/withdraw", "/claims/{claim}/withdraw", {})
SUBMIT = Form("host", "/host/offers/{draft}", "/host/offers/{draft}/publish", {})
PUBLISH = Form("coordinator", "/desk/offers/{sent}", "/desk/offers/{sent}/publish", {})
SEND_BACK = Form("coordinator", "/desk/offers/{sent}", "/desk/offers/{sent}/send-back", {"reason": "Wat?"})
CLOSE = Form("host", "/host/offers/{offer}", "/host/offers/{offer}/close", {})
DUPLICATE = Form("host", "/host/offers/{offer}", "/host/offers/{offer}/duplicate", {})
CANCEL = Form("host", "/host/slots/{slot}/cancel", "/host/slots/{slot}/cancel", {"reason": "Storing."})
PLANNED = Form("host", "/host/offers/{offer}/slots", "/host/offers/{offer}/slots", PLAN)
DRAFT = Form("host", NEW, NEW, TEXTS)
COVER = Form("school contact", "/school", "/school/claims/{claim}/cover", {})
CERTIFICATE = Form("teacher", "/profile", "/profile/certificates", {"kind": "mvk"})
PROFILE = Form("teacher", "/profile", "/profile", {"name": "Marieke Otten-Bos"})
FORMS = [CLAIM, APPROVE, REJECT, WITHDRAW, SUBMIT, PUBLISH, SEND_BACK, CLOSE, DUPLICATE, CANCEL, PLANNED, DRAFT, COVER]
FORMS += [CERTIFICATE, PROFILE]

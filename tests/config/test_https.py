"""Behind a front with TLS: what cookies and headers insist on. Settings are read once, so by a process of its own."""

import json
import os
import subprocess
import sys

from django.conf import settings

ASK = """
import django; django.setup()
import json
from django.test import Client
from django.conf import settings as s
answer = Client().get("/cookies/", secure=True, headers={"host": "localhost"})
print(json.dumps({
    "names": [s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME],
    "secure": [s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE],
    "domains": [s.SESSION_COOKIE_DOMAIN, s.CSRF_COOKIE_DOMAIN, s.LANGUAGE_COOKIE_DOMAIN],
    "paths": [s.SESSION_COOKIE_PATH, s.CSRF_COOKIE_PATH, s.LANGUAGE_COOKIE_PATH],
    "two_steps": s.TWO_STEPS,
    "proxies": s.ALLAUTH_TRUSTED_PROXY_COUNT,
    "hsts": answer.headers.get("Strict-Transport-Security", ""),
}))
"""


def test_cookies_are_bound_to_this_host_and_to_tls():
    told = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "LFR_HTTPS": "1",
            "LFR_DEMONSTRATION": "0",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr
    said = json.loads(told.stdout.splitlines()[-1])
    assert all(name.startswith("__Host-") for name in said["names"])
    assert said["secure"] == [True] * 3
    assert said["domains"] == [None] * 3
    assert said["paths"] == ["/"] * 3
    assert said["two_steps"] is True
    assert said["proxies"] == 1
    assert said["hsts"] == "max-age=31536000"

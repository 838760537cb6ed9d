"""Signing in by every way, in a browser with a key of its own: what the page's script does, and no barrier on the way."""

import re
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from mailer.gateways.clock import SystemClock
from tests.browser.eyes import Person, a_person
from tests.browser.service import PASSWORD, SECRETARY, a_service

pytestmark = pytest.mark.browser


def plug_in_a_key(person: Person) -> None:
    """Give the browser a key that signs without a person (WebAuthn §11)."""
    session = person.page.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True, "isUserVerified": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"hasUserVerification": True}})


def type_password(person: Person) -> None:
    person.open("/sign-in")
    person.type("Name", SECRETARY)
    person.type("Password", PASSWORD)
    person.press("Sign in")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_second_way_signs_in(browser: Browser, tmp_path: Path, pictures: Path | None, language: str) -> None:
    with (
        a_service(tmp_path, {}, [], language=language) as service,
        a_person(browser, service.url, language=language, pictures=pictures) as person,
    ):
        barriers = []

        def look(name: str) -> None:
            barriers.extend(person.barriers(f"{language}-{name}"))

        plug_in_a_key(person)
        person.open("/sign-in")
        look("sign-in")
        person.type("Name", SECRETARY)
        person.type("Password", "a wrong one")
        person.press("Sign in")
        person.sees("Name and password do not fit.")
        look("wrong-password")
        person.sign_in(SECRETARY)
        person.open("/account")
        look("account")
        person.type("Name of the passkey", "key of the test")
        person.press("Store a passkey")
        person.sees("The passkey is stored: from now on you are asked for it when you sign in.")
        look("account-with-a-passkey")
        person.press("Sign out")
        type_password(person)
        person.sees("The second step")
        look("second-step")
        person.press("Use the passkey")
        expect(person.page).to_have_url(f"{service.url}/")

        person.press("Set up an app")
        look("app")
        secret = re.sub(r"\s", "", person.page.locator("code").inner_text())
        person.type("Code", pyotp.TOTP(secret).at(SystemClock().now()))
        person.press("Set up")
        person.sees("Your app is set up.")
        person.press("Print a sheet")
        look("sheet")
        code = person.page.locator(".codes li").first.inner_text()
        person.press("Sign out")
        type_password(person)
        look("second-step-of-all")
        person.type("Code", "000000")
        person.press("Sign in")
        person.sees("This code is wrong, or was used already.")
        look("wrong-code")
        person.type("Code", code)
        person.press("Sign in")
        expect(person.page).to_have_url(f"{service.url}/")
        assert barriers == []

"""What somebody enters to sign in, or to choose the password of a login they were invited to."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from design.forms import Form, Look


class SignInForm(Form):
    """An e-mail address and a password. Neither is said to be the wrong one."""

    email = forms.EmailField(label=_("Email address"), max_length=254)
    password = forms.CharField(
        label=_("Password"), max_length=500, strip=False, widget=forms.PasswordInput(render_value=False)
    )

    looks = {
        "email": Look(autocomplete="username", width=20),
        "password": Look(autocomplete="current-password", width=20),
    }


class CodeForm(Form):
    """Six digits from an app; where it is gone, a recovery code of ten. Spaces and dashes do no harm."""

    is_locked = False  # no code is looked at for a while
    code = forms.CharField(
        label=_("Code"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )

    looks = {"code": Look(autocomplete="one-time-code", width=10)}


class PasswordForm(Form):
    """A password of one's own choice, entered once: it can be shown."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 characters. Three words that you will remember are better than symbols."),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(render_value=False),
    )

    looks = {"password": Look(autocomplete="new-password", width=20)}

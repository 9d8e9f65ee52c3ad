"""Addresses of signing in."""

from django.urls import path

from portal.sign_in import steps, views

urlpatterns = [
    path("", views.sign_in, name="sign-in"),
    path("persona/", views.persona, name="sign-in-as"),
    path("out/", views.sign_out, name="sign-out"),
    path("code/", steps.enter_code, name="sign-in-code"),
    path("set-up/", steps.set_up, name="sign-in-set-up"),
    path("recovery-codes/", steps.recovery_codes, name="sign-in-recovery-codes"),
    path("password/<str:login>/<str:token>/", views.choose_password, name="choose-password"),
]

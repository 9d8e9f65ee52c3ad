"""Addresses of signing in."""

from django.urls import path

from portal.sign_in import views

urlpatterns = [
    path("", views.sign_in, name="sign-in"),
    path("persona/", views.persona, name="sign-in-as"),
    path("out/", views.sign_out, name="sign-out"),
    path("password/<str:login>/<str:token>/", views.choose_password, name="choose-password"),
]

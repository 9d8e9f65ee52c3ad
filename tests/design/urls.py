"""Addresses for the tests of the look: the gallery, the error pages, and two pages of a menu."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from design.gallery import gallery


def error(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, f"{name}.html", {"exception": "You cannot publish what you recorded yourself."})


public = ([path("", gallery, name="home"), path("deployments/", gallery, name="deployments")], "public")
urlpatterns = [
    path("", include(public)),
    path("gallery/", include("design.urls")),
    path("error/<slug:name>/", error),
]

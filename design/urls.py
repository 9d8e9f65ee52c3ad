"""The gallery's address, for a development machine alone: config includes it where DEBUG is set."""

from django.urls import path

from design.gallery import gallery

app_name = "design"
urlpatterns = [path("", gallery, name="gallery")]

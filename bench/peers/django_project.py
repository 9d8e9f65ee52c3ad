"""A Django project with the peers' table: plain DRF, tidy DRF and django-ninja, each as its tutorial has it.

    plain   ModelViewSet, ModelSerializer, page numbers; related objects fetched as they are met
    tidy    the same with select_related
    ninja   typed schemas over a queryset with select_related, page by limit and offset

No sessions, no sign-in, no other middleware than the framework's smallest: the peers carry less than the product.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import django
from django.conf import settings

_place = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    SECRET_KEY="for measuring alone",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _place.path[1:],
            "USER": _place.username,
            "PASSWORD": _place.password,
            "HOST": _place.hostname,
            "PORT": _place.port,
            "CONN_MAX_AGE": None,
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import include, path  # noqa: E402
from ninja import ModelSchema, NinjaAPI  # noqa: E402
from ninja.pagination import LimitOffsetPagination, paginate  # noqa: E402
from rest_framework import pagination, routers, serializers, viewsets  # noqa: E402

from bench.peers import records  # noqa: E402


class Force(models.Model):  # noqa: DJ008 - nobody prints it
    code = models.TextField()
    slug = models.TextField()
    name = models.TextField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "forces_force"


_FIELDS = {
    "integer": lambda: models.IntegerField(null=True),
    "date": lambda: models.DateField(null=True),
    "timestamptz": models.DateTimeField,
    "text": lambda: models.TextField(null=True),
}


class Meta:
    app_label = "bench"
    managed = False
    db_table = "bench_deployment"
    ordering = ["-held_on", "-id"]


Deployment = type(
    "Deployment",
    (models.Model,),
    {
        "__module__": __name__,
        "Meta": Meta,
        "force": models.ForeignKey(Force, models.PROTECT),
        **{name: _FIELDS[kind]() for name, kind in records.PLAIN.items()},
        **{name: models.JSONField(null=True) for name in records.LISTS},
    },
)


class ForceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Force
        fields = ["code", "slug", "name"]


class DeploymentSerializer(serializers.ModelSerializer):
    force = ForceSerializer()

    class Meta:
        model = Deployment
        fields = ["force", *records.COLUMNS]


class Pages(pagination.PageNumberPagination):
    page_size = 50


class Plain(viewsets.ModelViewSet):
    queryset = Deployment.objects.all()
    serializer_class = DeploymentSerializer
    pagination_class = Pages
    lookup_field = "reference"


class Tidy(Plain):
    queryset = Deployment.objects.select_related("force")


class ForceOut(ModelSchema):
    class Meta:
        model = Force
        fields = ["code", "slug", "name"]


class DeploymentOut(ModelSchema):
    force: ForceOut

    class Meta:
        model = Deployment
        fields = list(records.COLUMNS)


ninja = NinjaAPI()


@ninja.get("/deployments", response=list[DeploymentOut])
@paginate(LimitOffsetPagination)
def deployments(request):
    return Deployment.objects.select_related("force")


@ninja.get("/deployments/{reference}", response=DeploymentOut)
def deployment(request, reference: str):
    return Deployment.objects.select_related("force").get(reference=reference)


router = routers.SimpleRouter()
router.register("plain", Plain, basename="plain")
router.register("tidy", Tidy, basename="tidy")
urlpatterns = [path("", include(router.urls)), path("ninja/", ninja.urls)]
application = get_wsgi_application()

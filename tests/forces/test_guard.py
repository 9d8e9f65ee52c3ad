"""The first lock: a query about a force's rows does not run before it hears whose."""

import pickle

import pytest
from django.apps import apps
from django.db.models import Count, Exists, F, OuterRef, Subquery

from forces.guard import ForceManager, ForceOwned, UnscopedQuery
from forces.models import Force
from forces.tenancy import acting, national_scope, scope
from tests.deployments.recordings import recorded

pytestmark = pytest.mark.django_db

OWNED = [model for model in apps.get_models() if issubclass(model, ForceOwned)]

WITHOUT_SAYING_WHOSE = {
    "fetch": lambda rows: list(rows.all()),
    "iterate": lambda rows: next(rows.all().iterator(), None),
    "get": lambda rows: rows.get(pk=1),
    "first": lambda rows: rows.first(),
    "last": lambda rows: rows.last(),
    "slice": lambda rows: list(rows.all()[:1]),
    "bool": lambda rows: bool(rows.all()),
    "len": lambda rows: len(rows.filter(pk=1)),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "excluded exists": lambda rows: rows.exclude(pk=1).exists(),
    "contains": lambda rows: rows.all().contains(rows.model(pk=1)),
    "aggregate": lambda rows: rows.aggregate(n=Count("pk")),
    "annotate": lambda rows: list(rows.annotate(n=Count("pk"))),
    "values": lambda rows: list(rows.values("pk")),
    "values_list": lambda rows: list(rows.values_list("pk", flat=True)),
    "only": lambda rows: list(rows.only("pk")),
    "distinct": lambda rows: list(rows.distinct()),
    "order": lambda rows: list(rows.order_by("pk").reverse()),
    "in_bulk": lambda rows: rows.in_bulk([1]),
    "earliest": lambda rows: rows.earliest("pk"),
    "explain": lambda rows: rows.explain(),
    "as text": lambda rows: str(rows.all().query),
    "select_related": lambda rows: list(rows.select_related("force")),
    "prefetch_related": lambda rows: list(rows.prefetch_related("force")),
    "lock": lambda rows: list(rows.select_for_update()),
    "update": lambda rows: rows.update(force=F("force")),
    "filtered update": lambda rows: rows.filter(pk=1).update(force=F("force")),
    "bulk_update": lambda rows: rows.bulk_update([rows.model(pk=1, force_id=1)], ["force"]),
    "delete": lambda rows: rows.filter(pk=1).delete(),
    "raw delete": lambda rows: rows.filter(pk=1)._raw_delete("default"),
    "raw": lambda rows: list(rows.raw("SELECT * FROM forces_force")),
    "get_or_create": lambda rows: rows.get_or_create(pk=1),
    "update_or_create": lambda rows: rows.update_or_create(pk=1),
    "in a subquery": lambda rows: list(Force.objects.filter(pk__in=rows.values("force"))),
    "in Subquery": lambda rows: list(Force.objects.annotate(n=Subquery(rows.values("pk")[:1]))),
    "in Exists": lambda rows: list(Force.objects.filter(Exists(rows.filter(force=OuterRef("pk"))))),
    "in an excluded subquery": lambda rows: list(Force.objects.exclude(pk__in=rows.values("force"))),
    "in an update's subquery": lambda rows: Force.objects.filter(pk__in=rows.values("force")).update(
        name=F("name")
    ),
    "union": lambda rows: list(rows.all().union(rows.all())),
    "a union with one that says whose": lambda rows: list(
        rows.across_forces(reason="a test").values("pk").union(rows.values("pk"))
    ),
    "a union after one that says whose": lambda rows: list(
        rows.values("pk").union(rows.across_forces(reason="a test").values("pk"))
    ),
    "a union from elsewhere": lambda rows: list(Force.objects.values("pk").union(rows.values("pk"))),
    "intersection": lambda rows: list(rows.all().intersection(rows.across_forces(reason="a test"))),
    "difference": lambda rows: list(rows.across_forces(reason="a test").difference(rows.all())),
    "or": lambda rows: list(rows.across_forces(reason="a test") | rows.filter(pk=1)),
    "or, the other way round": lambda rows: list(rows.filter(pk=1) | rows.across_forces(reason="a test")),
    "and": lambda rows: list(rows.across_forces(reason="a test") & rows.filter(pk=1)),
    "xor": lambda rows: list(rows.across_forces(reason="a test") ^ rows.filter(pk=1)),
    "the base manager": lambda rows: list(rows.model._base_manager.all()),
    "the default manager": lambda rows: list(rows.model._default_manager.all()),
    "after pickling": lambda rows: list(_again(rows)),
    "an unknown reason": lambda rows: list(rows.across_forces(reason="")),
}


def _again(rows):
    copy = rows.model.objects.all()
    copy.query = pickle.loads(pickle.dumps(rows.filter(pk=1).query))
    return copy


def test_there_is_something_to_guard():
    assert {model._meta.label for model in OWNED} >= {"deployments.Deployment", "deployments.Result"}


@pytest.mark.parametrize("way", WITHOUT_SAYING_WHOSE)
@pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)
def test_a_query_that_does_not_say_whose_raises(model, way):
    with pytest.raises(UnscopedQuery):
        WITHOUT_SAYING_WHOSE[way](model.objects)


@pytest.mark.parametrize("way", ["aget", "acount", "aexists", "afirst", "aaggregate", "aiterator"])
def test_an_asynchronous_query_raises_too(way):
    from asgiref.sync import async_to_sync

    rows = OWNED[0].objects

    async def ask():
        if way == "aiterator":
            return [row async for row in rows.all()]
        more = {"n": Count("pk")} if way == "aaggregate" else {}
        return await getattr(rows, way)(**more)

    with pytest.raises(UnscopedQuery):
        async_to_sync(ask)()


def test_nothing_needs_no_owner():
    for model in OWNED:
        assert list(model.objects.none()) == []


def test_a_query_that_says_whose_sees_that_force_alone(kent, avon, kent_planner, avon_planner):
    mine, other = recorded(kent, kent_planner), recorded(avon, avon_planner)
    rows = type(mine).objects
    with national_scope():
        assert list(rows.owned_by(kent)) == [mine]
        assert list(rows.visible_to(kent_planner)) == [mine]
        assert set(rows.across_forces(reason="a test")) == {mine, other}
    with scope(kent_planner):
        assert list(rows.across_forces(reason="the second lock still holds")) == [mine]
        assert not rows.owned_by(avon).exists()


def test_saying_whose_survives_whatever_follows(kent, kent_planner):
    mine = recorded(kent, kent_planner)
    rows = type(mine).objects.visible_to(kent_planner)
    with scope(kent_planner):
        assert rows.filter(pk=mine.pk).exclude(pk=0).order_by("pk").select_related("force").get() == mine
        assert list(Force.objects.filter(pk__in=rows.values("force"))) == [kent]
        assert rows.filter(pk=mine.pk).exists()
        assert list(rows | rows.all()) == [mine]


def test_what_hangs_on_a_row_belongs_to_its_force(kent, kent_planner):
    mine = recorded(kent, kent_planner)
    with scope(kent_planner):
        assert mine.results.count() == 1
        mine.refresh_from_db()
        assert mine.current.deployment == mine
        fetched = type(mine).objects.visible_to(kent_planner).prefetch_related("results").get()
        assert [result.deployment_id for result in fetched.results.all()] == [mine.pk]


def test_a_row_is_saved_in_its_own_force_alone(kent, avon, kent_planner, avon_planner):
    from django.db import DatabaseError, transaction

    other = recorded(avon, avon_planner)
    with acting(kent, kent_planner), pytest.raises(DatabaseError), transaction.atomic():
        other.save()


def test_rows_cannot_be_reached_from_a_table_that_is_not_guarded():
    """`Force.objects.values_list("deployment__…")` would be a way round: no such name may exist."""
    ways_round = [
        f"{field.remote_field.model.__name__} → {model.__name__}.{field.name}"
        for model in OWNED
        for field in model._meta.concrete_fields
        if field.remote_field
        and not issubclass(field.remote_field.model, ForceOwned)
        and not field.remote_field.hidden
    ]
    assert ways_round == []


def test_every_manager_of_a_guarded_model_is_guarded():
    for model in OWNED:
        for manager in [*model._meta.managers, model._base_manager]:
            assert isinstance(manager, ForceManager), (model, manager.name)


# Rows with a force that are not guarded in Python, and why. Row-level security holds for them all the same.
UNGUARDED = {
    "forces.ContactPoint": "public",
    "forces.Document": "public",
    "forces.DocumentWithdrawal": "public",
    "forces.LfrUse": "public",
    "forces.Membership": "read before a scope exists, to learn what the scope is",
    "forces.System": "read before a scope exists, as a membership is",
    "register.ChangeCount": "how often a public list has changed",
    "register.Entry": "public",
    "register.EntryBody": "public",
    "register.Redaction": "public",
    "register.RedactionRequest": "about a public entry; the database shows it to its force and to the centre",
    "register.Head": "public",
    "register.NoticeHead": "public",
    "collation.Breakdown": "public",
    "collation.Cell": "public",
    "collation.Counted": "public",
    "collation.Stirred": "which force's charts are to be looked at anew, in its own scope; says nothing else of it",
    "framework.Tightening": "public",
    "events.Event": "a force's or the centre's: whose is asked by the page that shows them",
    "events.Position": "given out for every force by the sequencer",
    "jobs.Job": "a force's or the centre's",
}


def test_a_new_model_with_a_force_is_guarded():
    loose = {
        model._meta.label
        for model in apps.get_models()
        if not issubclass(model, ForceOwned)
        and any(field.name == "force" and field.remote_field for field in model._meta.concrete_fields)
    }
    assert loose == set(UNGUARDED), "a model with a force inherits ForceOwned, or says here why not"

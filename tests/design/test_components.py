"""Components of our own, and what they do at their edges."""

from __future__ import annotations

import pytest
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.template import Context, Template

from design.components import Column, Row, Shorthand, Table, Task
from design.forms import Form, WholeNumberField
from design.navigation import MENUS, menu


def draw(template: str, **context) -> str:
    return Template("{% load design %}" + template).render(Context(context))


def test_a_blank_answer_says_not_provided_and_still_has_its_change_link():
    drawn = draw("{% summary_list rows %}", rows=[Row("Conditions", "", "/change/", "conditions")])
    assert "Not provided" in drawn
    assert '>Change<span class="govuk-visually-hidden"> conditions</span></a>' in drawn


def test_a_table_is_captioned_scoped_and_scrolls_in_a_labelled_region():
    table = Table(
        "By force",
        [Column("Force"), Column("Faces", numeric=True)],
        [["Kent", Shorthand("x")]],
        total=["All", 5],
    )
    drawn = draw("{% table table %}", table=table)
    assert '<div class="lfr-scroll" role="region" tabindex="0" aria-label="By force">' in drawn
    assert '<th scope="row" class="govuk-table__header">Kent</th>' in drawn
    assert 'class="govuk-table__header govuk-table__header--numeric"' in drawn
    assert "[x] not available, or would mislead." in drawn
    assert "<tfoot" in drawn


def test_a_table_refuses_a_row_of_the_wrong_length():
    table = Table("By force", [Column("Force"), Column("Faces")], [["Kent"]])
    with pytest.raises(ValueError):
        draw("{% table table %}", table=table)


def test_a_task_that_cannot_start_has_no_link():
    drawn = draw("{% task_list tasks %}", tasks=[Task("Send", "Cannot start yet", "/send/", blocked=True)])
    assert "href" not in drawn


def test_a_dictionary_does_as_well_as_a_row():
    assert "Castle Street" in draw(
        "{% summary_list rows %}", rows=[{"key": "Place", "value": "Castle Street"}]
    )


def test_two_sets_of_tabs_do_not_mix():
    drawn = draw(
        '{% tabs "a" %}{% tab "One" %}1{% endtab %}{% endtabs %}{% tabs "b" %}{% tab "Two" %}2{% endtab %}{% endtabs %}'
    )
    assert drawn.count('href="#a-1"') == 1
    assert 'href="#a-2"' not in drawn
    assert 'href="#b-1"' in drawn


def test_a_success_is_a_banner_and_a_refusal_an_alert():
    told = [Message(messages.SUCCESS, "Published."), Message(messages.ERROR, "Not yet.")]
    drawn = draw("{% outcome %}", messages=told)
    assert "govuk-notification-banner--success" in drawn
    assert "moj-alert--error" in drawn


def test_a_banner_never_stands_with_an_error_summary():
    class Small(Form):
        faces = WholeNumberField(label="Faces seen")

    drawn = draw("{% outcome %}", messages=[Message(messages.SUCCESS, "Saved.")], form=Small({}))
    assert "notification-banner" not in drawn
    assert "moj-alert--success" in drawn


def test_a_menu_leaves_out_what_does_not_exist_and_knows_where_it_is(settings):
    settings.ROOT_URLCONF = "tests.design.urls"
    items = menu("public", "/deployments/NM-1/")
    assert [item.href for item in items] == ["/", "/deployments/"]
    assert [item.here for item in items] == ["", "true"]
    assert [item.here for item in menu("public", "/")] == ["page", ""]


def test_no_menu_is_longer_than_people_can_take_in():
    assert all(len(places) <= 7 for places in MENUS.values())


def test_a_button_that_changes_something_posts_with_a_token():
    drawn = draw('{% post_button "/x/" "Publish" name="act" value="publish" %}', csrf_token="abc")
    assert '<form method="post" action="/x/"' in drawn
    assert 'name="csrfmiddlewaretoken" value="abc"' in drawn
    assert 'name="act" value="publish"' in drawn

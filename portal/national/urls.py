"""Addresses of the centre's own pages, below /admin/. To add one: write its view, name it here.

A view takes the request; the site sees to it that its person reads nationally. What else they must hold, the action
asks; a page that only reads says so with `portal.national.pages.needs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import URLPattern, path

from portal.national import (
    answers,
    audit,
    decide,
    events,
    forces,
    framework,
    framework_requirement,
    framework_trying,
    import_rows,
    imports,
    packs,
    people,
    picture,
    plans,
    questions,
    redactions,
    signals,
    urgent,
)

if TYPE_CHECKING:
    from portal.national.site import NationalAdminSite


def pages(site: NationalAdminSite) -> list[URLPattern]:
    """Every page of our own, behind the site's door."""
    views = (
        ("records/", site.records, "records"),
        ("decide/", decide.queue, "national-decide"),
        ("decide/<slug:decision>/<slug:item>/", decide.item, "national-decide-item"),
        ("decide/<slug:decision>/<slug:item>/take/", decide.take, "national-decide-take"),
        ("decide/<slug:decision>/<slug:item>/give-back/", decide.give_back, "national-decide-give-back"),
        ("picture/", picture.picture, "national-picture"),
        ("picture/<slug:slug>/<slug:what>/", picture.cell, "national-picture-cell"),
        ("plans/<str:reference>/", plans.plan, "national-plan"),
        ("urgent/", urgent.urgent, "national-urgent"),
        ("framework/", framework.versions, "national-framework"),
        ("framework/begin/", framework.begin, "national-framework-begin"),
        ("framework/<int:version>/", framework.one, "national-framework-version"),
        ("framework/<int:version>/summary/", framework.describe, "national-framework-summary"),
        ("framework/<int:version>/propose/", framework.propose, "national-framework-propose"),
        ("framework/<int:version>/send-back/", framework.send_back, "national-framework-send-back"),
        ("framework/<int:version>/try/", framework_trying.try_out, "national-framework-try"),
        ("framework/<int:version>/add/", framework_requirement.add, "national-framework-add"),
        (
            "framework/<int:version>/requirements/<slug:requirement>/",
            framework_requirement.requirement,
            "national-framework-requirement",
        ),
        (
            "framework/<int:version>/requirements/<slug:requirement>/drop/",
            framework_requirement.drop,
            "national-framework-drop",
        ),
        ("people/", people.people, "national-people"),
        ("people/invite/", people.invite, "national-invite"),
        ("people/appoint/", people.appoint_new, "national-appoint-new"),
        ("people/<uuid:person>/", people.person, "national-person"),
        ("people/<uuid:person>/grant/", people.grant, "national-grant"),
        ("people/<uuid:person>/appoint/", people.appoint, "national-appoint"),
        ("people/roles/<int:membership>/end/", people.end_role, "national-end-role"),
        ("people/appointments/<int:appointment>/end/", people.dismiss, "national-dismiss"),
        ("people/logins/<int:login>/link/", people.link, "national-login-link"),
        ("people/logins/<int:login>/disable/", people.disable, "national-login-disable"),
        ("people/logins/<int:login>/enable/", people.enable, "national-login-enable"),
        ("people/logins/<int:login>/second-step/", people.remove_second_step, "national-login-second-step"),
        ("force/", forces.forces, "national-forces"),
        ("force/add/", forces.add, "national-force-add"),
        ("force/<slug:slug>/", forces.force, "national-force"),
        ("force/<slug:slug>/successor/", forces.successor, "national-successor"),
        ("force/<slug:slug>/use/", forces.use, "national-use"),
        ("parked/", events.parked_events, "national-events"),
        ("redactions/", redactions.redactions, "national-redactions"),
        ("signals/", signals.signals, "national-signals"),
        ("imports/", imports.imports, "national-imports"),
        ("imports/new/", imports.bring, "national-import-new"),
        ("imports/<uuid:batch>/", imports.one, "national-import"),
        ("imports/<uuid:batch>/read/", imports.read_again, "national-import-read"),
        ("imports/<uuid:batch>/accept/", imports.accept, "national-import-accept"),
        ("imports/<uuid:batch>/undo/", imports.undo, "national-import-undo"),
        ("imports/<uuid:batch>/discard/", imports.discard, "national-import-discard"),
        ("imports/<uuid:batch>/findings/", import_rows.findings, "national-import-findings"),
        ("imports/<uuid:batch>/rows/", import_rows.rows, "national-import-rows"),
        ("imports/<uuid:batch>/next/", import_rows.next_question, "national-import-next"),
        ("imports/<uuid:batch>/rows/<int:number>/", import_rows.row, "national-import-row"),
        ("questions/", questions.questions, "national-questions"),
        ("questions/new/", questions.new, "national-question-new"),
        ("questions/<uuid:question>/", questions.one, "national-question"),
        ("questions/<uuid:question>/change/", questions.change, "national-question-change"),
        ("questions/<uuid:question>/answer/", questions.answer, "national-question-answer"),
        ("answers/<uuid:answer>/", answers.answer, "national-answer"),
        ("answers/<uuid:answer>.pdf", answers.answer_pdf, "national-answer-pdf"),
        ("answers/<uuid:answer>.ods", answers.answer_ods, "national-answer-ods"),
        ("packs/", packs.packs, "national-packs"),
        ("packs/make/", packs.make, "national-pack-make"),
        ("packs/<uuid:pack>/", packs.pack, "national-pack"),
        ("packs/<uuid:pack>.pdf", packs.pack_pdf, "national-pack-pdf"),
        ("packs/<uuid:pack>.ods", packs.pack_ods, "national-pack-ods"),
        ("audit/", audit.audit, "national-audit"),
    )
    return [path(address, site.admin_view(view), name=name) for address, view, name in views]

"""A client made from the OpenAPI document, and by nothing else, against a real server."""

import importlib
import io
import sys
import uuid
from contextlib import redirect_stderr

import pytest
from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType

from deployments import actions
from deployments.models import Deployment
from forces.clock import db_now
from forces.tenancy import national_scope
from tests.api.systems import connect, result
from tests.browser.server import serving_the_site
from tests.deployments.recordings import REASON
from tests.people import make_force, make_member

pytestmark = pytest.mark.commits


@pytest.fixture
def client_package(tmp_path, monkeypatch):
    """The name of the package that was made; the document left nothing out of it."""
    from api.schema import document

    (tmp_path / "openapi.json").write_bytes(document())
    name = f"register_client_{uuid.uuid4().hex}"
    config = Config.from_sources(
        ConfigFile(
            post_hooks=[],
            package_name_override=name,
            content_type_overrides={"application/jsonl": "text/plain", "text/csv": "text/plain"},
        ),
        MetaType.NONE,
        document_source=tmp_path / "openapi.json",
        file_encoding="utf-8",
        overwrite=True,
        output_path=tmp_path / name,
    )
    with redirect_stderr(io.StringIO()):
        complaints = generate(config=config)
    assert [f"{each.header} {each.detail}" for each in complaints] == []
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    for module in [each for each in sys.modules if each.startswith(name)]:
        del sys.modules[module]


def test_a_generated_client_records_corrects_and_reads_back(committed_db, client_package):
    def of(module):
        return importlib.import_module(f"{client_package}.{module}")

    force = make_force("E23000032", "kent", "Kent Police")
    system = connect(force, make_member(force, "force_owner"))
    publisher = make_member(force, "data_publisher")
    models, working = of("models"), "api.working_results"
    with serving_the_site() as address:
        token = of("api.signing_in.token").sync(
            client=of("client").Client(base_url=address),
            body=models.TokenRequest.from_dict(
                {
                    "grant_type": "client_credentials",
                    "client_id": system.client_id,
                    "client_secret": system.secret,
                }
            ),
        )
        with of("client").AuthenticatedClient(base_url=address, token=token.access_token) as client:
            sent = models.ResultGiven.from_dict(result())
            recorded = of(f"{working}.record_result").sync_detailed(
                client=client, body=sent, idempotency_key="one"
            )
            again = of(f"{working}.record_result").sync_detailed(
                client=client, body=sent, idempotency_key="one"
            )
            assert (recorded.status_code, again.parsed) == (201, recorded.parsed)
            reference = recorded.parsed.reference
            amended = of(f"{working}.amend_result").sync_detailed(
                reference,
                client=client,
                body=models.ResultGiven.from_dict(result(place="Quay")),
                if_match=recorded.headers["ETag"],
            )
            assert amended.parsed.result.said.place == "Quay"
            publish(reference, publisher)
            read = of(f"{working}.working_result").sync_detailed(reference, client=client)
            assert (read.parsed.state, read.parsed.missing) == ("published", [])
            said = read.parsed.result.said.to_dict() | {"place": "Harbour"}
            asked = of(f"{working}.ask_for_correction").sync_detailed(
                reference,
                client=client,
                body=models.CorrectionGiven.from_dict({"reason": REASON, "result": said}),
                if_match=read.headers["ETag"],
                idempotency_key="two",
            )
            assert asked.parsed.correction.said.place == "Harbour"
            stale = of(f"{working}.ask_for_withdrawal").sync_detailed(
                reference,
                client=client,
                body=models.WithdrawalGiven(reason=REASON),
                if_match=read.headers["ETag"],
                idempotency_key="three",
            )
            assert (stale.status_code, stale.parsed.status) == (412, 412)
            listed = of(f"{working}.working_results").sync(client=client, limit=10)
            assert [item.reference for item in listed.items] == [reference]
            public = of("api.deployments.deployment").sync(reference, client=client)
            assert public.document.place.name == "Quay"


def publish(reference, publisher):
    with national_scope():
        deployment = (
            Deployment.objects.across_forces(reason="tests").select_related("force").get(reference=reference)
        )
    for step in (actions.review, actions.publish):
        step(deployment, seen=actions.Seen(1, 2), by=publisher, at=db_now())

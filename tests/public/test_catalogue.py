"""What the site says of itself to programs: catalogue, dataset, sitemap, canonical links, and a citation to copy."""

import json
import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from design.templatetags.design import json_ld
from forces.clock import db_now
from public import sitemap
from register import actions
from tests.public.test_deployments import text
from tests.public.test_pages import FIXED

pytestmark = pytest.mark.django_db
LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def test_the_catalogue_names_every_dataset_with_files_that_are_there(client, kent, entered):
    entered(kent)
    response = client.get("/data/catalogue.jsonld")
    assert response["Content-Type"] == "application/ld+json"
    assert not response.cookies
    said = json.loads(response.content)
    assert said["@type"] == "dcat:Catalog"
    assert said["dct:license"]["@id"].startswith(
        "https://www.nationalarchives.gov.uk/doc/open-government-licence"
    )
    assert said["dct:modified"]["@value"].endswith("Z")
    names = {each["dct:identifier"] for each in said["dcat:dataset"]}
    assert {"deployments", "revisions", "deployments-by-year", "forces", "measures"} <= names
    ids = [each["@id"] for each in said["dcat:dataset"]]
    assert len(ids) == len(set(ids))
    for dataset in said["dcat:dataset"]:
        for needed in ("dct:title", "dct:description", "dct:publisher", "dct:license", "dcat:landingPage"):
            assert dataset[needed], (dataset["@id"], needed)
        assert client.get(dataset["dcat:landingPage"]["@id"]).status_code == 200
        assert dataset["dcat:distribution"]
        for file in dataset["dcat:distribution"]:
            answer = client.get(file["dcat:downloadURL"]["@id"])
            b"".join(answer)  # what is streamed holds a transaction until its end
            assert answer.status_code == 200, file
            media = file["dcat:mediaType"]["@id"].removeprefix(
                "https://www.iana.org/assignments/media-types/"
            )
            assert answer["Content-Type"].partition(";")[0] == media


def test_the_data_page_describes_a_dataset_and_a_made_up_page_none(client, kent, entered):
    entered(kent, on="2024-04-06")
    entered(kent, on="2023-01-02")
    for address in ("/data/", "/statistics/"):
        (found,) = LD.findall(client.get(address).content.decode())
        said = json.loads(found)
        assert (said["@type"], said["temporalCoverage"]) == ("Dataset", "2023-01-02/2024-04-06")
        assert said["license"].startswith("https://www.nationalarchives.gov.uk/")
        assert {each["contentUrl"] for each in said["distribution"]} >= {
            "http://testserver/api/v1/deployments.csv"
        }
    assert not LD.findall(client.get("/demonstration/statistics/").content.decode())


def test_facts_for_search_engines_cannot_break_out_of_their_element():
    said = {"name": "</script><script>alert(1)</script>&\u2028"}
    written = json_ld(said)
    assert written.count("<") == 2
    assert json.loads(LD.search(written).group(1)) == said


def test_every_page_names_its_lasting_address_once_and_tells_who_shares_it_what_it_is(client, kent, entered):
    record = entered(kent, place={"name": 'The "Old" <Square> & Lane', "area": None})
    for address in (*FIXED, f"/deployments/{record['reference']}/", "/forces/kent/", "/developers/"):
        page = client.get(address).content.decode()
        assert re.findall(r'<link rel="canonical" href="([^"]+)"', page) == [f"http://testserver{address}"], (
            address
        )
        told = dict(re.findall(r'<meta property="(og:[a-z_:]+)" content="([^"]*)"', page))
        assert told["og:url"] == f"http://testserver{address}"
        assert told["og:title"] and told["og:description"] and told["og:image"]
        (title,) = re.findall(r"<title>(.*?) - Facial Recognition Register</title>", page, re.DOTALL)
        assert unescape(told["og:title"]) == unescape(" ".join(title.split())), address
        (description,) = re.findall(r'<meta name="description" content="([^"]*)"', page)
        assert unescape(description) == unescape(told["og:description"]), address
    page = client.get("/revisions/?force=kent&year=2026").content.decode()
    assert '<link rel="canonical" href="http://testserver/revisions/">' in page


def test_a_page_that_is_not_there_has_no_lasting_address(client):
    assert b'rel="canonical"' not in client.get("/nothing/").content


def test_the_sitemap_leads_to_every_record_and_page_of_the_nation_alone(
    client, kent, northmoor, entered, redacted, monkeypatch
):
    monkeypatch.setattr(sitemap, "MOST", 2)
    references = [entered(kent)["reference"] for _ in range(5)]
    redacted(kent, references[0])
    made_up = entered(northmoor)["reference"]
    assert b"\nSitemap: http://testserver/sitemap.xml\n" in client.get("/robots.txt").content

    def addresses(path):
        answer = client.get(path)
        body = b"".join(answer)
        assert answer["Content-Type"] == "application/xml; charset=utf-8"
        assert made_up.encode() not in body
        assert b"demonstration" not in body
        named = ElementTree.fromstring(body).iter(f"{{{sitemap.NAMESPACE}}}loc")
        return [each.text.removeprefix("http://testserver") for each in named]

    parts = addresses("/sitemap.xml")
    assert parts == ["/sitemap-pages.xml", *(f"/sitemap-records-{n}.xml" for n in (1, 2, 3))]
    found = [address for part in parts for address in addresses(part)]
    assert len(found) == len(set(found))
    assert {address for address in found if address.startswith("/deployments/LFR")} == {
        f"/deployments/{reference}/" for reference in references
    }
    assert "/forces/kent/" in found
    for address in found:
        assert client.get(address).status_code == 200, address
    for missing in ("/sitemap-records-4.xml", "/sitemap-records-0.xml", f"/sitemap-records-{'9' * 40}.xml"):
        assert client.get(missing).status_code == 404


def test_a_record_can_be_cited_without_script(client, kent, northmoor, entered):
    record = entered(kent)
    shown = text(client.get(f"/deployments/{record['reference']}/"))
    assert f"Kent Police, Market Square, 6 April 2024. Record {record['reference']}, version 1 of " in shown
    assert f"http://testserver/deployments/{record['reference']}/" in shown
    page = client.get(f"/deployments/{record['reference']}/").content.decode()
    assert re.search(r'hidden><button[^>]*data-copies="citation"', page)
    made_up = entered(northmoor)["reference"]
    assert "Made up: National register" in text(client.get(f"/demonstration/deployments/{made_up}/"))


def test_the_picture_for_shared_links_has_the_size_that_is_said(client):
    picture = Path("design/static/design/share.png").read_bytes()
    assert picture[16:24] == (1200).to_bytes(4, "big") + (630).to_bytes(4, "big")
    page = client.get("/").content.decode()
    assert '<meta property="og:image:width" content="1200">' in page


def test_ways_to_complain_stand_on_every_record_and_force_whatever_became_of_it(
    client, kent, entered, redacted
):
    standing, withdrawn, gone = (entered(kent)["reference"] for _ in range(3))
    actions.withdraw(withdrawn, force=kent, by=None, at=db_now(), reason="It was recorded twice.")
    redacted(kent, gone)
    for address in (*(f"/deployments/{each}/" for each in (standing, withdrawn, gone)), "/forces/kent/"):
        shown = text(client.get(address))
        for route in (
            "complain to Kent Police",
            "Independent Office for Police Conduct",
            "Information Commissioner's",
        ):
            assert route in shown, (address, route)

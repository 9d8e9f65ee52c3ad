"""What must hold of every answer."""

from urllib.parse import quote


def assert_problem(response, status, code):
    """The response is problem+json of this kind; its `type` leads to a page. Returns the problem."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["type"].endswith(f"/api/problems/{code}"), problem
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == quote(response.request["PATH_INFO"])
    assert response.client.get(problem["type"]).status_code == 200
    return problem

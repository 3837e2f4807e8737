"""The API held to its own description by Schemathesis: whatever it may be sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.fixtures.home import publish
from web import create_app
from web.api.openapi import description

OPERATIONS = [
    (path, method) for path, methods in description()["paths"].items() for method in methods
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    root = tmp_path_factory.mktemp("home")
    publish(Path(root))
    return create_app(root)


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def schema(app: Flask) -> Any:
    """The description as it is served."""
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_as_described(
    schema: Any, path: str, method: str, mode: GenerationMode
) -> None:
    # What a query may say is a grammar of its own, which no schema can tell: a string that it
    # refuses is answered with 400. And a query string carries lists of strings alone: Schemathesis
    # counts as wrong what, once written there, is none of it.
    unsaid = [positive_data_acceptance, *([negative_data_rejection] if method == "get" else [])]

    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=settings().max_examples, suppress_health_check=list(HealthCheck))
    def check(case: Case) -> None:
        case.call_and_validate(excluded_checks=unsaid)

    check()


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        (path, parameter)
        for path, method in OPERATIONS
        for parameter in description()["paths"][path][method].get("parameters", ())
        if "anyOf" in str(parameter["schema"])
    ],
    ids=lambda value: value if isinstance(value, str) else value["name"],
)
def test_a_value_that_the_description_rules_out_is_refused(
    client: FlaskClient, path: str, parameter: dict[str, Any]
) -> None:
    asked = {} if path == "/api/clips" else {"q": "教育"}
    answer = client.get(path, query_string={**asked, parameter["name"]: "nonsense"})
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    empty = client.get(path, query_string={**asked, parameter["name"]: ""})
    assert empty.status_code == 200


@pytest.mark.parametrize(
    ("path", "name"), [("/api/search", "not_x"), ("/api/clips", "q"), ("/api/export", "limit")]
)
def test_a_parameter_that_is_not_described_is_refused_by_its_name(
    client: FlaskClient, path: str, name: str
) -> None:
    """A misspelt filter was left out, and everything counted."""
    for value in ("", "1"):
        answer = client.get(path, query_string={name: value, "lang": "en"})
        assert answer.status_code == 400
        assert f"no parameter {name}" in answer.get_json()["detail"]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_what_a_password_and_a_wrong_parameter_give_is_described(path: str, method: str) -> None:
    assert {"400", "401", "429"} <= set(description()["paths"][path][method]["responses"])

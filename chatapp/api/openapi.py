"""The API's description, generated from the models that the views use, and a page that shows it."""

import re
from functools import cache
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template
from pydantic import BaseModel, TypeAdapter
from werkzeug.routing import Rule

from chatapp.api.authentication import TOKEN_COOKIE
from chatapp.api.operation import Operation
from chatapp.shapes import FailureShape
from chatapp.version import VERSION

blueprint = Blueprint("openapi", __name__, template_folder="templates")

_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")
REFERENCE = "#/components/schemas/{model}"


@blueprint.get("/openapi.json")
def specification() -> Response:
    return jsonify(describe(current_app))


@blueprint.get("/docs")
def page() -> str:
    return render_template("docs.html", spec=describe(current_app))


def describe(app: Flask) -> dict[str, Any]:
    """Returns OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), with each route under its shortest prefix."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (len(rule.rule), rule.rule)):
        operation = getattr(app.view_functions[rule.endpoint], "operation", None)
        if operation is not None and _is_shortest(rule, app):
            method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"})).lower()
            paths.setdefault(_path(rule), {})[method] = _describe(rule, operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "chatapp", "version": VERSION},
        "servers": [{"url": app.extensions["chatapp.settings"].base_path or "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _SECURITY},
    }


_SECURITY = {
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": TOKEN_COOKIE,
        "description": f"A cookie `{TOKEN_COOKIE}-<installation>`, which sign-in sets too, is read before it. "
        "Where TLS is used its name begins with `__Host-`, or `__Secure-` below a path.",
    },
    "header": {"type": "apiKey", "in": "header", "name": "auth-token"},
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
}

_OF_SESSION = {401: ["not_signed_in"], 403: ["csrf"], 429: ["too_many_requests"]}
"""The refusals of every operation that needs a session, by status."""


def _is_shortest(rule: Rule, app: Flask) -> bool:
    prefixes = app.extensions["chatapp.settings"].api_prefixes
    shortest = min(prefixes, key=len).rstrip("/")
    others = [prefix for prefix in prefixes if prefix.rstrip("/") != shortest]
    return rule.rule.startswith(shortest + "/") and not any(rule.rule.startswith(prefix + "/") for prefix in others)


def _path(rule: Rule) -> str:
    return _VARIABLE.sub(r"{\1}", rule.rule)


def _describe(rule: Rule, operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "operationId": rule.endpoint.rpartition(".")[2],
        "parameters": _parameters(rule, operation),
        "responses": _responses(operation, schemas),
        "security": [{name: []} for name in _SECURITY] if operation.needs_session else [],
    }
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _content(operation.body, schemas)}
    if operation.takes:
        content = {name: part for kind in operation.takes for name, part in _content(kind, schemas).items()}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _parameters(rule: Rule, operation: Operation) -> list[dict[str, Any]]:
    names = _VARIABLE.findall(rule.rule)
    found = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    if operation.query is not None:
        fields = operation.query.model_json_schema()["properties"]
        found += [{"name": name, "in": "query", "required": False, "schema": schema} for name, schema in fields.items()]
    return found


def _responses(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {str(operation.status): {"description": "Success"}}
    if operation.gives is not None:
        responses[str(operation.status)]["content"] = _content(operation.gives, schemas)
    of_session = _OF_SESSION if operation.needs_session else {}
    statuses = {status: [*codes] for status, codes in of_session.items()}
    for error in operation.errors:
        statuses.setdefault(error.status, []).append(error.code)
    for status, codes in sorted(statuses.items()):
        responses[str(status)] = {
            "description": ", ".join(dict.fromkeys(codes)),
            "content": _content(FailureShape, schemas),
        }
    return responses


def _content(kind: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """The bytes of a media type, or the JSON content of a type, whose schema and those that it refers to are added to
    `schemas`."""
    if isinstance(kind, str):
        return {kind: {"schema": {"type": "string", "format": "binary"}}}
    schema, others = _schema_of(kind)
    schemas.update(others)
    if isinstance(kind, type) and (issubclass(kind, BaseModel) or issubclass(kind, dict)):
        schemas[kind.__name__] = schema
        schema = {"$ref": REFERENCE.format(model=kind.__name__)}
    return {"application/json": {"schema": schema}}


@cache
def _schema_of(kind: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The JSON schema of a type, and those of the types that it refers to. Most operations share a few types."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    schema = adapter.json_schema(ref_template=REFERENCE)
    return schema, schema.pop("$defs", {})

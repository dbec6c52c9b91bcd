"""schemathesis over the served OpenAPI document: valid and invalid requests of signed-in callers to every operation."""

import time
from collections.abc import Iterator
from typing import Any

import requests
import schemathesis
from hypothesis import given, seed
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator
from schemathesis import Case, GenerationMode

from tests.security.figures import Figures
from tests.security.generation import generated
from tests.security.installation import HANG_SECONDS, Keeper, SignedIn
from tests.security.scene import OTHER, Scene, end_scene, new_scene
from tests.servers import Server

LEAKS = ("Traceback", 'File "', "sqlalchemy", "psycopg2", "pydantic", "werkzeug", "chatapp/", "site-packages")
"""Text that only an exception would bring into an answer."""

# The bytes of an upload, by the protocol tus.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")

FROM_FRAMEWORK = {404, 405, 413}
"""Of any address and method, before an operation is found."""


class HttpRun:
    """Requests to one server, on whose answers `figures` report."""

    def __init__(self, server: Server, figures: Figures) -> None:
        self.figures = figures
        self.document: dict[str, Any] = requests.get(server.http + "/openapi.json", timeout=HANG_SECONDS).json()
        self._schema = schemathesis.openapi.from_dict(self.document)
        self._schema.config.update(base_url=server.http)
        self._keeper = Keeper(server)

    def run(self, callers: list[SignedIn], examples: int, number: int, until: float = float("inf")) -> None:
        """Tries every operation as each caller, with this many valid and as many invalid requests."""
        started = time.monotonic()
        for result in self._schema.get_all_operations():
            for caller in callers:
                if time.monotonic() < until:
                    self._try(result.ok(), caller, examples, number)
        self.figures.seconds += time.monotonic() - started

    def _try(self, operation: Any, caller: SignedIn, examples: int, number: int) -> None:
        self._keeper.restore(caller.username, OTHER)
        if not caller.is_signed_in():
            caller.sign_in()
        scene = new_scene(caller)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            for case in self._cases(operation, mode, scene, examples, number):
                # Some operations end the session, which would make the next ones tests of signed-out callers.
                if case.meta is None or not self._is_answered(case, caller, number):
                    caller.sign_in()
        end_scene(caller, scene)

    def _cases(self, operation: Any, mode: GenerationMode, scene: Scene, examples: int, number: int) -> Iterator[Case]:
        found: list[Case] = []

        @seed(number)
        @generated(examples)
        @given(operation.as_strategy(generation_mode=mode), st.data())
        def collect(case: Case, data: Any) -> None:
            for name in case.path_parameters or {}:
                if data.draw(st.integers(0, 3)):
                    case.path_parameters[name] = data.draw(st.sampled_from(scene.names))
            found.append(case)

        try:
            collect()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, f"{operation.label} takes no valid request"
        yield from found

    def _is_answered(self, case: Case, caller: SignedIn, number: int) -> bool:
        """Whether the caller still has a session after the request."""
        label = case.operation.label
        headers = {"auth-token": caller.token}
        # schemathesis makes up credentials of the document's schemes.
        case.cookies.clear()
        case.headers.clear()
        try:
            answer = case.call(headers=headers, cookies={}, timeout=HANG_SECONDS)
        except requests.Timeout:
            self.figures.add(label, [f"{label} hangs (seed {number}): {case.as_curl_command()}"])
            return True
        wrong = self._wrong(case, answer)
        self.figures.add(label, [f"{label} {one} (seed {number}): {case.as_curl_command()}" for one in wrong])
        return bool(answer.status_code != 401 and "sessions" not in label and "logout" not in label)

    def _wrong(self, case: Case, answer: Any) -> list[str]:
        """What is wrong with an answer, in words."""
        text = answer.text
        found = [f"tells {leak!r}" for leak in LEAKS if leak in text]
        responses = self.document["paths"][case.operation.path][case.operation.method.lower()]["responses"]
        documented = responses.get(str(answer.status_code))
        if documented is None:
            is_framework = answer.status_code in FROM_FRAMEWORK and '"error"' in text
            return found if is_framework else [*found, f"answers an undocumented {answer.status_code}: {text[:200]}"]
        kind = answer.headers["content-type"][0].partition(";")[0]
        content = documented["content"].get(kind)
        if content is None:
            return [*found, f"answers an undocumented {kind}"]
        if kind == "application/json":
            validator = Draft202012Validator({**content["schema"], "components": self.document["components"]})
            found += [f"breaks the schema: {error.message[:200]}" for error in validator.iter_errors(answer.json())]
        return found

"""The web client: one page, its files and its security headers.

`blueprint` serves the page at `/`, every static file under `/assets/<version>/`, and what a browser needs in
order to install the client. The API it talks to is registered elsewhere.
"""

from flask import Blueprint

from chatapp.web import headers, views

blueprint = Blueprint("web", __name__, template_folder="templates")

blueprint.add_url_rule("/", view_func=views.page)
blueprint.add_url_rule("/assets/<version>/<path:name>", view_func=views.asset)
blueprint.add_url_rule("/service-worker.js", view_func=views.service_worker)
blueprint.add_url_rule("/manifest.webmanifest", view_func=views.manifest)
blueprint.add_url_rule("/shell.json", view_func=views.shell)
blueprint.add_url_rule("/favicon.ico", view_func=views.favicon)
blueprint.after_request(headers.add_security_policy)

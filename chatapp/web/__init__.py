"""The page at `/`."""

from flask import Blueprint, current_app, render_template

blueprint = Blueprint("web", __name__, template_folder="templates")


@blueprint.get("/")
def index() -> str:
    """Says what runs where."""
    return render_template("index.html", settings=current_app.extensions["chatapp.settings"])

"""The Dash app: the frame around the pages, the clock that refreshes them, and the server.

One `dcc.Interval` drives everything.  Callbacks only read, and answer well within its period: Dash
silently drops the answers of a callback that takes longer, and the page would stand still.
"""

from __future__ import annotations

import logging
import socket
from os import PathLike

from dash import Dash, Input, Output, State, dcc, html
from flask import abort, request

from dashboard.banner import banner
from dashboard.pages import PAGES, page_at
from dashboard.reader import Reader
from sdl.errors import UserError

HOST = "127.0.0.1"
PERIOD_S = 2.0
QUIET_S = 10.0  # without an answer for so long, the browser says so itself
_LATEST = ""  # the choice that follows the campaign started last

# The browser watches the server: a server that is gone can't say so.
_WATCHDOG = """
function (n, answered) {
    const now = Date.now();
    if (window.sdlAnsweredAt === undefined || window.sdlAnswered !== answered) {
        window.sdlAnswered = answered;
        window.sdlAnsweredAt = now;
    }
    const quiet = (now - window.sdlAnsweredAt) / 1000;
    return quiet < %d ? "" : "■ NO ANSWER from the dashboard's server for " +
        Math.round(quiet) + " s: everything below is old";
}
"""


class PortTaken(UserError):
    """Another program listens on that port already."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} of {HOST} is in use", "choose another with --port")
        self.port = port


def make_app(db: str | PathLike[str]) -> Dash:
    """Return the app over a database, which may be missing, empty, or being written to."""
    app = Dash(
        "dashboard",
        title="SDL Twin",
        update_title="",  # no flicker of the browser's tab at every refresh
        suppress_callback_exceptions=True,  # a page's parts exist only while it is shown
    )
    app.layout = _frame()
    app.server.before_request(_only_local_names)
    reader = Reader(db)
    _connect(app, reader)
    for page in PAGES:
        page.connect(app, reader)
    return app


def serve(db: str | PathLike[str], port: int = 8050) -> None:
    """Serve the dashboard on loopback until it is interrupted.

    Raises `PortTaken`.
    """
    _require_free(port)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line per request
    make_app(db).run(host=HOST, port=port, debug=False)


def _frame() -> html.Div:
    links = [dcc.Link(page.TITLE, href=page.PATH, className="link") for page in PAGES]
    return html.Div(
        [
            dcc.Location(id="url"),
            dcc.Interval(id="tick", interval=int(1000 * PERIOD_S)),
            dcc.Store(id="answered"),
            html.Header(
                [
                    html.Span("SDL Twin", className="brand"),
                    html.Nav(links, id="links"),
                    html.Label("campaign", htmlFor="campaign"),
                    dcc.Dropdown(
                        id="campaign",
                        options=[{"label": "latest", "value": _LATEST}],
                        value=_LATEST,
                        clearable=False,
                        searchable=False,
                        className="chooser",
                    ),
                ]
            ),
            html.Div(id="watchdog", className="watchdog", role="alert"),
            html.Div(id="banner", role="status"),
            html.Main(id="page"),
        ]
    )


def _connect(app: Dash, reader: Reader) -> None:
    app.clientside_callback(
        _WATCHDOG % QUIET_S,
        Output("watchdog", "children"),
        Input("tick", "n_intervals"),
        State("answered", "data"),
    )

    @app.callback(  # type: ignore[untyped-decorator]
        Output("page", "children"), Output("links", "children"), Input("url", "pathname")
    )
    def show_page(path: str | None) -> tuple[html.Div, list[dcc.Link]]:
        shown = page_at(path)
        links = [
            dcc.Link(page.TITLE, href=page.PATH, className="link here" if page is shown else "link")
            for page in PAGES
        ]
        return shown.layout(), links

    @app.callback(  # type: ignore[untyped-decorator]
        Output("banner", "children"),
        Output("campaign", "options"),
        Output("answered", "data"),
        Input("tick", "n_intervals"),
        Input("campaign", "value"),
    )
    def show_banner(
        n: int | None, campaign: str | None
    ) -> tuple[html.Div, list[dict[str, str]], str]:
        with reader.look(campaign or None) as seen:
            options = [{"label": "latest", "value": _LATEST}]
            options += [{"label": name, "value": name} for name in seen.campaigns]
            return banner(seen), options, f"{n}"


def _only_local_names() -> None:
    """Refuse requests under a foreign host name: a web page could point one at this computer."""
    if request.host.rsplit(":", 1)[0] not in (HOST, "localhost"):
        abort(403)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise PortTaken(port) from None

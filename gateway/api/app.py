"""The application: which routes there are, and what each may ask of the rest of the gateway.

    app = create_app(Services(verifier=…, blobs=…, …), body_bytes=1 << 20)

Verification, blobs by digest, status lists and health are public; every other route names its roles (`authority`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from gateway.api import (
    agreements,
    applications,
    credentials,
    deciding,
    evaluations,
    events,
    health,
    objects,
    packs,
    problems,
    recognition,
    transfers,
)
from gateway.api.guard import Guard

if TYPE_CHECKING:
    from gateway.api.services import Services


def create_app(services: Services, *, body_bytes: int) -> FastAPI:
    """The ASGI application."""
    app = FastAPI(
        title="Huren 互认",
        version="1",
        summary="Verification and mutual recognition of learning outcomes anchored by provincial credit banks",
        # The interactive pages load their scripts from elsewhere; a gateway's pages load nothing from elsewhere.
        docs_url=None,
        redoc_url=None,
        # A redirect would be made of the Host header that the caller sent.
        redirect_slashes=False,
    )
    app.state.services = services
    problems.install(app)
    public = (credentials, objects, packs, health)
    for module in (*public, agreements, evaluations, transfers, applications, deciding, recognition, events):
        app.include_router(module.router)
    app.add_middleware(Guard, body_bytes=body_bytes)
    return app

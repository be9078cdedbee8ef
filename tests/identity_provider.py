"""A small OpenID Connect provider over real HTTP that can be made to say what is not right."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT = "desk"
SECRET = "between the two of us"

Claims = dict[str, Any]


class IdentityProvider:
    """`person` are the claims of whoever sits at the browser; `altered` changes a token's claims."""

    def __init__(self) -> None:
        self.issuer = ""
        self.named_issuer: str | None = None
        self.person: Claims = {"sub": "subject-of-lena"}
        self.altered: Callable[[Claims], Claims] = lambda claims: claims
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.signed_with: RSAKey | OctKey = self.key
        self.algorithm = "RS256"
        self.refuses = False
        self.with_id_token = True
        self.begun: dict[str, dict[str, str]] = {}
        self.app = FastAPI()
        self._add_routes()

    def _add_routes(self) -> None:
        self.app.get("/.well-known/openid-configuration")(self._configuration)
        self.app.get("/authorize")(self._authorize)
        self.app.post("/token")(self._token)
        self.app.get("/keys")(self._keys)

    def _configuration(self) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": self.named_issuer or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            }
        )

    def _keys(self) -> JSONResponse:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        back = {"state": asked["state"]}
        if self.refuses:
            back["error"] = "access_denied"
        else:
            back["code"] = uuid.uuid4().hex
            self.begun[back["code"]] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", status_code=302)

    async def _token(self, request: Request) -> JSONResponse:
        form = await request.form()
        asked = self.begun.pop(str(form.get("code")), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        proof = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or request.headers.get("Authorization") != f"Basic {basic}"
        ):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        answer = {"access_token": "of no use here", "token_type": "Bearer"}
        if self.with_id_token:
            answer["id_token"] = self._id_token(asked)
        return JSONResponse(answer)

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
        }
        header = {"alg": self.algorithm, "kid": "one"}
        return jwt.encode(
            header, self.altered(claims), self.signed_with, algorithms=[self.algorithm]
        )

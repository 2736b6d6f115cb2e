"""Lines of logs full of ids, cursors and hashes, in forms that systems write: none of them is a secret."""

from __future__ import annotations

import base64
import json
import random
import string
import uuid
from collections.abc import Callable

from tools.redact import Redactor

R = random.Random(20261126)


def hx(length: int) -> str:
    return "".join(R.choice("0123456789abcdef") for _ in range(length))


def HX(length: int) -> str:  # noqa: N802 - beside hx
    return hx(length).upper()


def b64(length: int) -> str:
    return base64.b64encode(R.randbytes(length)).decode()


def b64u(length: int) -> str:
    return base64.urlsafe_b64encode(R.randbytes(length)).decode().rstrip("=")


def uid() -> str:
    return str(uuid.UUID(int=R.getrandbits(128), version=4))


def al(length: int) -> str:
    return "".join(R.choice(string.ascii_lowercase + string.digits) for _ in range(length))


def k8() -> str:
    return "".join(R.choice("bcdfghjklmnpqrstvwxz2456789") for _ in range(5))


def card() -> str:
    """Draw an id of sixteen digits that passes for a card number."""
    start = R.choice(["4", "51", "52", "35", "2301", "6011"])
    digits = [*map(int, start), *(R.randrange(10) for _ in range(15 - len(start)))]
    total = sum(sum(divmod(d * 2, 10)) if n % 2 == 0 else d for n, d in enumerate(reversed(digits)))
    return "".join(map(str, digits)) + str(-total % 10)


def ulid() -> str:
    return "01" + "".join(R.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(24))


def ts() -> str:
    day, hour, minute, second = R.randint(1, 28), R.randint(0, 23), R.randint(0, 59), R.randint(0, 59)
    return f"2026-03-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}.{R.randint(0, 999):03d}Z"


def svc() -> str:
    return R.choice(["checkout", "cart", "payments", "search", "ledger"])


def reg() -> str:
    return R.choice(["eu1", "us-east-1", "ap2", "eu-west-3"])


KINDS: tuple[Callable[[], str], ...] = (
    lambda: f"{ts()} INFO order_id={card()} state=packed",
    lambda: f"{ts()} INFO order {card()} shipped in {R.randint(1, 90)} ms",
    lambda: json.dumps({"ts": ts(), "level": "info", "order_id": int(card()), "msg": "order created"}),
    lambda: json.dumps({"time": ts(), "severity": "ERROR", "event_id": card(), "message": "duplicate event"}),
    lambda: f"{ts()} WARN consumer lag offset={card()} partition=3 group={svc()}",
    lambda: f'time={ts()} level=info msg="snowflake id" tweet_id={card()}',
    lambda: f"{ts()} DEBUG txn={card()} lsn={hx(8).upper()}/{hx(8).upper()} committed",
    lambda: f"request_id: {card()} user_id: {R.randint(1000, 9999999)}",
    lambda: f"[{ts()}] ERROR Trace {card()} span {hx(16)} failed",
    lambda: f"dd.trace_id={card()} dd.span_id={card()} {svc()} GET /cart 200",
    lambda: f"GET /orders/{card()} HTTP/1.1 200 {R.randint(100, 9000)}",
    lambda: f"GET /v2/list?next_page_token={b64u(24)}&limit=50 200",
    lambda: f"next_page_token={b64(21)} items=50",
    lambda: json.dumps({"nextPageToken": b64u(30), "items": []}),
    lambda: json.dumps({"next_token": b64(36), "page": 3}),
    lambda: f"level=debug msg=paging continuation_token={b64(27)} rows=1000",
    lambda: f"continue={b64u(60)} resourceVersion={R.randint(10**6, 10**9)}",
    lambda: f"{ts()} INFO scroll_id={b64(45)} hits=10000",
    lambda: f"cursor={b64(18)} direction=forward",
    lambda: f"pageToken: {b64u(22)}, pageSize: 100",
    lambda: f"sync_token={R.randint(10**9, 10**10)}_{R.randint(1, 99)} collection=/cal",
    lambda: f"fencing_token={R.randint(1, 99999)} lock=leader holder={svc()}-7c9d8b5f6d-{al(5)}",
    lambda: f"service_key={svc()}-{reg()} up=1",
    lambda: f"service_key: {svc()}/{reg()}/v{R.randint(1, 9)}",
    lambda: f"routing_key={svc()}.{reg()}.created.v2 queue=q{R.randint(1, 9)}",
    lambda: f"session_key={svc()}:{reg()}:{R.randint(1, 99)} hit",
    lambda: f"app_key={svc()}-api-v{R.randint(1, 9)} registered",
    lambda: f"integration_key={svc()}_{reg()} not found",
    lambda: f"partition_key={uid()} sort_key=ORDER#{R.randint(1, 9999)}",
    lambda: f"idempotency_key={uid()} replayed",
    lambda: f"Idempotency-Key: {uid()}",
    lambda: f"cache_key=v2:{svc()}:{hx(40)} miss",
    lambda: f"primary key ({R.randint(1, 99)}, '{uid()}') violates unique constraint",
    lambda: f"{ts()} deploy {svc()} commit {hx(40)} by ci",
    lambda: f"git fetch: {hx(7)}..{hx(7)} main -> origin/main",
    lambda: f"Image pulled: registry.example.org/{svc()}@sha256:{hx(64)}",
    lambda: f'image_id="docker-pullable://repo/{svc()}@sha256:{hx(64)}" container_id="containerd://{hx(64)}"',
    lambda: f'etag=W/"{hx(32)}" status=304',
    lambda: f"x-request-id: {uid()} x-b3-traceid: {hx(32)} x-b3-spanid: {hx(16)}",
    lambda: f"traceparent=00-{hx(32)}-{hx(16)}-01",
    lambda: f"X-Amzn-Trace-Id: Root=1-{hx(8)}-{hx(24)};Parent={hx(16)};Sampled=1",
    lambda: f"x-amz-request-id={HX(16)} x-amz-id-2={b64(57)}",
    lambda: f"uber-trace-id={hx(16)}:{hx(16)}:{hx(16)}:1",
    lambda: f"ulid={ulid()} job done",
    lambda: f"checksum md5={hx(32)} sha1={hx(40)} crc32c={b64(4)}",
    lambda: f"Content-MD5: {b64(16)} Content-Length: {R.randint(1, 9999)}",
    lambda: f"integrity sha512-{b64(64)}",
    lambda: f"device_id={HX(8)}-{HX(4)}-{HX(4)}-{HX(4)}-{HX(12)} online",
    lambda: f"secret: {svc()}/db-credentials-{k8()} mounted",
    lambda: f'MountVolume.SetUp failed for volume "token-{al(5)}" : secret "{svc()}-token-{al(5)}" not found',
    lambda: f"secretName={svc()}-tls-{R.randint(1, 9)} namespace=shop",
    lambda: f"credentials: {svc()}-sa@shop-{R.randint(100, 999)}.iam provider=workload-identity",
    lambda: (
        f"token_count={R.randint(100, 9999)} prompt_tokens={R.randint(1, 999)} total: {R.randint(1, 9999)}"
    ),
    lambda: f"syntax error near token: '}}' at line {R.randint(1, 999)} column {R.randint(1, 80)}",
    lambda: (
        f'parse error: unexpected token "Order{R.randint(1, 99)}Id" in JSON at position {R.randint(1, 999)}'
    ),
    lambda: f"token=eof{R.randint(1, 9)} state=S{R.randint(10, 99)} parser shift",
    lambda: f"token={R.choice(['IDENT', 'LBRACE', 'NUMBER'])}({R.randint(1, 99)}) pos={R.randint(1, 999)}",
    lambda: f"session_id={uid()} closed after {R.randint(1, 99)} s",
    lambda: f"ZooKeeper session id=0x{hx(15)} timeout 30000",
    lambda: f"sessionid = 0x{hx(14)}, negotiated timeout = 40000",
    lambda: f"Session {hx(12)} of user {R.randint(1000, 9999)} expired",
    lambda: f"token bucket={svc()}-{reg()} tokens={R.randint(1, 99)}/100",
    lambda: f"token_type=Bearer{R.randint(1, 2)} grant=client_credentials",
    lambda: f"token_version: v{R.randint(1, 9)}.{R.randint(1, 99)}.{R.randint(1, 99)} issuer=sso",
    lambda: f"token_endpoint=https://sso.example.org/realms/shop{R.randint(1, 9)}/token status=503",
    lambda: f"access_key_rotation: 2026-03-{R.randint(10, 28)}T00:00:00Z",
    lambda: f"auth_key=rotated-2026-03-{R.randint(10, 28)} ok",
    lambda: f"token_expiry=2026-03-{R.randint(10, 28)}T{R.randint(10, 23)}:00:00Z user=12",
    lambda: f"token expires_at: 2026-03-{R.randint(10, 28)}T{R.randint(10, 23)}:00:00Z",
    lambda: f"password_age_days={R.randint(10, 99)} password: expired",
    lambda: f"password: last changed 2026-03-{R.randint(10, 28)}",
    lambda: f"passwd: /etc/passwd-{R.randint(1, 9)} is world readable",
    lambda: f"ip-10-0-{R.randint(1, 254)}-{R.randint(1, 254)}.compute.internal: eviction",
    lambda: (
        f"dial tcp 10.2.{R.randint(1, 254)}.{R.randint(1, 254)}:5432: i/o timeout (+{R.randint(100, 999)} 12)"
    ),
    lambda: f"arn:aws:ecs:eu-central-1:{R.randint(10**11, 10**12 - 1)}:task/shop/{hx(32)} stopped",
    lambda: f"lambda RequestId: {uid()} Duration: {R.randint(1, 999)}.12 ms Billed Duration: 100 ms",
    lambda: f"kafka cluster id = {b64u(16)} broker {R.randint(1, 9)}",
    lambda: (
        f"nats: account A{''.join(R.choice('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567') for _ in range(55))} connected"
    ),
    lambda: f"pod_template_hash={hx(10)} replicas={R.randint(1, 9)}",
    lambda: f"job_token={svc()}-nightly-{R.randint(10, 99)} scheduled",
    lambda: f"device_token_hash={hx(64)} push ok",
    lambda: f"csrf_token: mismatch code=E{R.randint(100, 999)}",
    lambda: f"cookie: consent-banner v{R.randint(1, 9)} shown",
    lambda: f"user@{R.randint(1000, 2000)}.service: Deactivated successfully",
    lambda: f"kernel: [{R.randint(1, 99999)}.123456] usb 1-1: SerialNumber: {HX(12)}",
)


def test_of_three_hundred_lines_with_ids_only_the_known_kinds_are_masked() -> None:
    """A session's id is a credential to some; a token named like a job could be one that somebody chose."""
    lines = [KINDS[number % len(KINDS)]() for number in range(300)]
    masked = [line for line in lines if Redactor().hits(line.encode())]
    assert [line for line in masked if not line.startswith(("session_id=", "job_token="))] == []
    assert len(masked) < 10


def test_a_token_drawn_without_a_digit_is_masked() -> None:
    drawn = ["".join(R.choice(string.ascii_letters) for _ in range(20)) for _ in range(500)]
    seen = [text for text in drawn if text in Redactor().text(f"access_token={text} ok")]
    assert len(seen) <= 10, seen

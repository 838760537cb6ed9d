"""`/metrics` is served on this machine alone, beside the daemon, and answers no page of another site."""

import asyncio
import logging
import socket
from itertools import islice
from threading import Event

import httpx2 as httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from mailer.app.metrics import MetricsReader
from mailer.web.metrics import MOST_WAITING, metrics_app, serve_metrics
from tests.club import Club
from tests.web.test_server import Stop, ask


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def watched(club: Club, port: int) -> Club:
    club.settle(monitoring={"metrics_listen": f"127.0.0.1:{port}"})
    return club


async def test_a_monitor_reads_the_figures_until_the_service_stops(watched: Club, port: int, caplog) -> None:
    caplog.set_level(logging.INFO)
    with watched.opened() as app:
        stop = Stop()
        serving = asyncio.ensure_future(serve_metrics(lambda: app, stop))
        answer = await ask(port, "GET /metrics HTTP/1.1")
        head, _, body = answer.partition("\r\n\r\n")
        assert head.startswith("HTTP/1.1 200 OK")
        assert "content-type: text/plain; version=" in head
        assert "mailer_build_info" in {family.name for family in text_string_to_metric_families(body)}
        assert f"the metrics are at http://127.0.0.1:{port}/metrics" in caplog.text
        assert (await ask(port, "GET / HTTP/1.1")).startswith("HTTP/1.1 404")
        stop.event.set()
        await asyncio.wait_for(serving, 10)


@pytest.mark.parametrize(("host", "status"), [("localhost:1", 200), ("127.0.0.1", 200), ("evil.example", 400)])
def test_only_who_names_this_machine_is_answered(watched: Club, host: str, status: int) -> None:
    with watched.opened() as app:
        client = TestClient(metrics_app(lambda: app), base_url="http://localhost")
        assert client.get("/metrics", headers={"Host": host}).status_code == status
        assert client.post("/metrics").status_code == 405


def test_a_database_that_does_not_answer_is_no_figure(watched: Club, monkeypatch) -> None:
    def silent(_reader, _app):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(MetricsReader, "read", silent)
    with watched.opened() as app:
        answer = TestClient(metrics_app(lambda: app), base_url="http://localhost").get("/metrics")
    assert (answer.status_code, answer.text) == (503, "the database does not answer; the daemon's log says why\n")


async def test_monitors_that_ask_on_while_the_database_takes_long_take_no_thread_from_the_console(
    watched: Club, monkeypatch
) -> None:
    over, reads = Event(), []

    def slow(_reader, _app):
        reads.append(1)
        over.wait(60)
        return []

    monkeypatch.setattr(MetricsReader, "read", slow)
    with watched.opened() as app:
        transport = httpx.ASGITransport(app=metrics_app(lambda: app))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as monitor:
            asked = [asyncio.create_task(monitor.get("/metrics")) for _ in range(60)]
            refused = [await each for each in islice(asyncio.as_completed(asked), 60 - 1 - MOST_WAITING)]
            assert {answer.status_code for answer in refused} == {503}
            assert len(reads) <= 1  # one thread, whoever asks
            over.set()
            assert (
                sorted(answer.status_code for answer in await asyncio.gather(*asked))[: 1 + MOST_WAITING] == [200] * 4
            )


async def test_a_port_that_is_taken_is_logged_and_stops_nothing(watched: Club, port: int, caplog) -> None:
    stop = Stop()
    stop.event.set()
    with watched.opened() as app, socket.create_server(("127.0.0.1", port)):
        await asyncio.wait_for(serve_metrics(lambda: app, stop), 10)
    assert "serving the metrics failed" in caplog.text
    assert "[monitoring] metrics_listen: it is not possible to listen" in caplog.text

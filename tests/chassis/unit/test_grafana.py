"""The dashboard shows every figure, and none that does not exist."""

import json
import re
from pathlib import Path

from services.chassis.telemetry.metrics import Metrics

TABLEAU = Path(__file__).parents[3] / "deploy" / "grafana" / "logis.json"


def test_the_dashboard_shows_every_metric_and_no_other() -> None:
    asked = {
        re.sub(r"_(bucket|count|sum)$", "", name)
        for panel in json.loads(TABLEAU.read_text(encoding="utf-8"))["panels"]
        for target in panel["targets"]
        for name in re.findall(r"logis_\w+", target["expr"])
    }
    known = {family.name for family in Metrics.create().registry.collect()}

    assert {name.removesuffix("_total") for name in asked} == known

"""render-chart.py FOLDER: the manifests of a chart with the values on standard input, as JSON; by Helm's own engine."""

import json
import sys

import helm_python

values = json.load(sys.stdin)
try:
    faults = [str(fault) for fault in helm_python.lint(sys.argv[1], values=values)] if "--lint" in sys.argv else []
    with helm_python.Chart.load(sys.argv[1]) as chart:
        chart.validate_schema(values)
        manifests = chart.render(values, name="etl", namespace="sluice")
    json.dump({"manifests": manifests, "faults": faults}, sys.stdout)
except Exception as error:
    json.dump({"error": str(error)}, sys.stdout)

# METADATA
# title: Every metric is documented
# description: >-
#   Each metric that the code registers stands by its name in a document under docs. A metric that nobody can look up is not used.
# scope: package
# custom:
#   id: observability.metric_documented
#   severity: medium
#   category: observability
#   requirements: [N1, M8]
#   fix: Add the metric to docs/metrics.md.
package arqonbus.observability.metric_documented

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"metrics": {"name", "test"}, "documented_metrics": {"name"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.name, sprintf("the metric %s stands in no document", [row.name])) if {
	some row in input.metrics
	not row.test
	row.name != ""
	not row.name in documented
}

documented contains row.name if some row in input.documented_metrics

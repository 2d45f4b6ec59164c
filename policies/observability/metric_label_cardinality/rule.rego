# METADATA
# title: Labels of metrics are words of the code
# description: >-
#   No label holds an id, a name that clients choose, or a text that is not known from the code. Labels that are capped elsewhere are listed
#   with their metric.
# scope: package
# custom:
#   id: observability.metric_label_cardinality
#   severity: high
#   category: observability
#   requirements: [J15, N1, G27]
#   fix: Leave the label out, or name a bounded number of values and sum up the rest.
package arqonbus.observability.metric_label_cardinality

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"metrics": {"name", "labels", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, sprintf("%s %s", [row.name, label]), sprintf("%s has the label %s, whose values are not bounded", [row.name, label])) if {
	some row in input.metrics
	not row.test
	some label in row.labels
	is_unbounded(label)
	not is_allowed(row, label)
}

is_unbounded(label) if startswith(label, "computed")

is_unbounded(label) if regex.match(`^(id|.*_?(id|ids|uuid|key|token|hash|email|address|ip|url|uri|path|subject|text|message))$`, snake(label))

is_unbounded(label) if lower(label) in open_names

open_names := {
	"tenant", "room", "channel", "topic", "client", "user", "session", "recipient", "inbox", "peer", "host", "remote", "query", "error", "detail",
	"name", "sequence", "epoch", "stream", "group", "member", "attributes", "labels",
}

snake(label) := lower(replace(replace(label, "Id", "_id"), "-", "_"))

is_allowed(row, label) if {
	some entry in data.allowed_patterns["observability.metric_label_cardinality"]
	entry.metric == row.name
	entry.label == label
}

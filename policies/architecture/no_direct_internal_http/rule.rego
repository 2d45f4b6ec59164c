# METADATA
# title: Parts talk over the bus, not over HTTP
# description: >-
#   No app or library asks another part over HTTP or a socket of its own. Every outbound call of production code, by whatever name it
#   was imported, is denied unless it is allowed by name: the link of the Shield, health checks of the command line, the keys of an
#   issuer.
# scope: package
# custom:
#   id: architecture.no_direct_internal_http
#   severity: high
#   category: architecture
#   requirements: [A13, J3]
#   fix: Send a command or an event over the bus with the SDK or the link; an outside address needs an egress port and a named allowance.
package arqonbus.architecture.no_direct_internal_http

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.packages
import data.arqonbus.lib.report

reads := {
	"outbound_calls": {"api", "target"},
	"imports": {"module", "package", "type_only", "test"},
	"projects": {"layer"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.api, message(row)) if {
	some row in input.outbound_calls
	not allowed.covers("architecture.no_direct_internal_http", row)
	not is_own_trade(row)
}

deny contains report.finding(row, row.module, sprintf("%s is a client for direct calls", [row.module])) if {
	some row in input.imports
	not row.test
	not row.type_only
	regex.match(`^(apps|libs)/`, row.file)
	packages.is_named(data.layering_graph.http_clients, row["package"])
}

# The address may hold a password and is not repeated.
message(row) := sprintf("%s asks another part of the system directly", [row.api]) if {
	regex.match(data.layering_graph.internal_target, row.target)
} else := sprintf("%s calls an address that no allowance names", [row.api])

is_own_trade(row) if {
	row.project in socket_owners
	not regex.match(`fetch|request|http\.get|https\.get|XMLHttpRequest|sendBeacon`, row.api)
}

socket_owners contains row.project if {
	some row in input.projects
	row.layer in {"transport", "sdk", "testing"}
}

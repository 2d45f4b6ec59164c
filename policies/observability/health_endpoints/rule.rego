# METADATA
# title: Every service answers for its health
# description: >-
#   Each app that runs as a service starts the admin server of @arqonbus/telemetry, and that server answers /health, /ready, /status and
#   /version.
# scope: package
# custom:
#   id: observability.health_endpoints
#   severity: high
#   category: observability
#   requirements: [N13, M4]
#   fix: Call startAdminServer in the composition of the app.
package arqonbus.observability.health_endpoints

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"projects": {"role", "layer"}, "imports": {"package", "names", "type_only", "test"}, "handlers": {"kind", "name", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.project, sprintf("%s starts no admin server", [row.project])) if {
	some row in input.projects
	row.layer == "app"
	not row.project in served
	not row.project in excepted
}

deny contains report.finding(row, path, sprintf("the admin server does not answer %s", [path])) if {
	some row in input.projects
	row.project == "@arqonbus/telemetry"
	some path in ({"/health", "/ready", "/status", "/version"} - answered)
}

served contains row.project if {
	some row in input.imports
	row["package"] == "@arqonbus/telemetry"
	not row.type_only
	not row.test
	"startAdminServer" in row.names
}

answered contains row.name if {
	some row in input.handlers
	row.kind == "admin_route"
	not row.test
	row.project == "@arqonbus/telemetry"
}

excepted contains entry.project if some entry in data.allowed_patterns["observability.health_endpoints"]

# METADATA
# title: Client apps open no sockets
# description: >-
#   Brain, projector, command line and every other app but Shield and Spine reach the bus through the SDK alone. Their production code
#   imports no socket module, no WebSocket library and no HTTP server, and uses no global WebSocket. Which app that is follows from its
#   place, so a new app without tags is judged too.
# scope: package
# custom:
#   id: architecture.brain_no_sockets
#   severity: high
#   category: architecture
#   requirements: [A12, J3, J23]
#   fix: Use the SDK (@arqonbus/sdk) to reach the bus.
package arqonbus.architecture.brain_no_sockets

import data.arqonbus.lib.facts
import data.arqonbus.lib.packages
import data.arqonbus.lib.report

reads := {
	"imports": {"module", "kind", "package", "type_only", "test", "names", "form"},
	"projects": {"role", "root"},
	"project_dependencies": {"name", "section", "installed"},
	"outbound_calls": {"api"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.finding(row, row.module, sprintf("%s opens sockets: it imports %s", [app_of(row), row.module])) if {
	some row in input.imports
	is_client(row)
	not row.test
	not row.type_only
	opens_sockets(row)
}

deny contains report.finding(row, row.name, sprintf("%s depends on %s, which opens sockets", [app_of(row), row.name])) if {
	some row in input.project_dependencies
	is_client(row)
	row.section != "devDependencies"
	packages.is_named(sockets.packages, row.installed)
}

deny contains report.finding(row, row.api, sprintf("%s opens a socket with %s", [app_of(row), row.api])) if {
	some row in input.outbound_calls
	is_client(row)
	row.api in sockets.globals
}

sockets := data.layering_graph.sockets

app_of(row) := concat("/", array.slice(split(row.file, "/"), 0, 2))

is_client(row) if {
	startswith(row.file, "apps/")
	not startswith(row.file, "apps/shield/")
	not startswith(row.file, "apps/spine/")
}

is_client(row) if row.project in clients

clients contains row.project if {
	some row in input.projects
	row.role in {"brain", "projector", "cli"}
}

opens_sockets(row) if packages.is_named(sockets.packages, row["package"])

opens_sockets(row) if {
	row.kind == "builtin"
	row["package"] in sockets.builtins
}

opens_sockets(row) if {
	row.kind == "builtin"
	row["package"] in sockets.http
	some name in row.names
	name in sockets.http_names
}

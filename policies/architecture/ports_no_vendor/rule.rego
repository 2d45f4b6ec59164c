# METADATA
# title: Ports name no vendor
# description: >-
#   A project of the layer port imports no npm package but those that data.layering_graph.port_packages lists for its role, not even for
#   a type, and declares no other.
# scope: package
# custom:
#   id: architecture.ports_no_vendor
#   severity: high
#   category: architecture
#   requirements: [S3, S11]
#   fix: Keep the interface here, and put the vendor into an adapter of its own.
package arqonbus.architecture.ports_no_vendor

import data.arqonbus.lib.facts
import data.arqonbus.lib.packages
import data.arqonbus.lib.report

reads := {
	"imports": {"kind", "package", "module", "test"},
	"project_dependencies": {"name", "section", "installed", "workspace"},
	"projects": {"layer", "tags"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.finding(row, row.module, sprintf("the port %s imports %s", [row.project, row.module])) if {
	some row in input.imports
	row.kind == "package"
	not row.test
	row.project in object.keys(own_packages)
	not packages.is_named(own_packages[row.project], row["package"])
}

deny contains report.finding(row, row.name, sprintf("the port %s depends on %s", [row.project, row.name])) if {
	some row in input.project_dependencies
	row.section != "devDependencies"
	row.workspace == false
	row.project in object.keys(own_packages)
	not packages.is_named(own_packages[row.project], row.installed)
}

own_packages[project] := names if {
	some project in {row.project | some row in input.projects; row.layer == "port"}
	names := {name |
		some row in input.projects
		row.project == project
		some tag in row.tags
		some name in object.get(data.layering_graph.port_packages, tag, [])
	}
}

# METADATA
# title: The core is transport, and nothing above it
# description: >-
#   Packages of the bus itself take no workflow engine, scheduler, ETL, user interface, or runtime for language models, agents or tools:
#   neither as an import, nor as a type, nor in a manifest. Such systems are clients of the bus.
# scope: package
# custom:
#   id: architecture.core_scope
#   severity: high
#   category: architecture
#   requirements: [A1, A2, A3]
#   fix: Build it as an app that uses the SDK, outside the core.
package arqonbus.architecture.core_scope

import data.arqonbus.lib.facts
import data.arqonbus.lib.packages
import data.arqonbus.lib.report

reads := {
	"imports": {"module", "package", "kind"},
	"project_dependencies": {"name", "section", "installed"},
	"projects": {"tags", "root"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.finding(row, row.module, sprintf("%s imports %s: %s has no place in the core", [row.project, row.module, kind])) if {
	some row in input.imports
	row["package"] in misplaced
	is_core(row)
	kind := kind_of(row["package"])
}

deny contains report.finding(row, row.name, sprintf("%s depends on %s: %s has no place in the core", [row.project, row.name, kind])) if {
	some row in input.project_dependencies
	row.installed in misplaced
	is_core(row)
	kind := kind_of(row.installed)
}

names contains row["package"] if some row in input.imports

names contains row.installed if some row in input.project_dependencies

# Each name is looked up once, however often it is imported.
misplaced contains name if {
	some name in names
	kind_of(name)
}

kind_of(name) := kinds[0] if {
	kinds := sort([kind | some kind, names in data.layering_graph.out_of_core; packages.is_named(names, name)])
	count(kinds) > 0
} else := "what its name says" if {
	regex.match(data.layering_graph.out_of_core_words, name)
}

is_core(row) if row.project in core

is_core(row) if row.file == "package.json"

is_core(row) if startswith(row.file, "libs/")

is_core(row) if regex.match(`^apps/(shield|spine)/`, row.file)

core contains row.project if {
	some row in input.projects
	some tag in row.tags
	tag in data.layering_graph.core_roles
}

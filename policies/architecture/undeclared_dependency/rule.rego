# METADATA
# title: What is imported is declared
# description: >-
#   Production code imports only packages that its own manifest has in dependencies; a type may come from devDependencies. Tests and
#   configuration may also use what the top-level manifest has for all, and any project of this repository that exists.
# scope: package
# custom:
#   id: architecture.undeclared_dependency
#   severity: medium
#   category: architecture
#   requirements: [S9, J3, M13]
#   fix: Add the package to the dependencies of the project that imports it.
package arqonbus.architecture.undeclared_dependency

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"used_packages": {"package", "kind", "code", "type_only", "declared", "root_declared"},
	"projects": {"layer"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row["package"], msg) if {
	some row in input.used_packages
	not is_declared(row)
	not allowed.covers("architecture.undeclared_dependency", row)
	msg := sprintf("%s imports %s, which its package.json does not have in %s", [row.project, row["package"], wanted(row)])
}

runtime_sections := {"dependencies", "peerDependencies", "optionalDependencies", "self"}

wanted(row) := "dependencies" if {
	row.code == "production"
	row.type_only == false
} else := "any section"

is_declared(row) if row.declared in runtime_sections

is_declared(row) if {
	row.declared == "devDependencies"
	row.type_only == true
}

is_declared(row) if {
	row.declared == "devDependencies"
	row.code in {"test", "config"}
}

is_declared(row) if {
	row.root_declared in {"dependencies", "devDependencies"}
	row.code in {"test", "config"}
}

is_declared(row) if {
	row.root_declared in {"dependencies", "devDependencies"}
	row.project == "workspace"
}

# Which projects tests may use is for layer_order.
is_declared(row) if {
	row.kind == "workspace"
	row.code == "test"
	row["package"] in {project.project | some project in input.projects}
}

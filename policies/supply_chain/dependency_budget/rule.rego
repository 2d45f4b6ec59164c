# METADATA
# title: Dependencies stay within their budget
# description: >-
#   What one project needs of others in production, and how many packages are installed in all, stays under a
#   recorded bound. Raising it is a change of policies/data/packages.json that its owners see.
# scope: package
# custom:
#   id: supply_chain.dependency_budget
#   severity: medium
#   category: supply_chain
#   requirements: [M14]
#   fix: Do without the package; else raise the bound in policies/data/packages.json and say in the commit what for.
package arqonbus.supply_chain.dependency_budget

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"dependencies": {"name", "section", "own"},
	"locked_packages": {"source", "dev"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.packages is missing") if not data.packages

deny contains report.finding(first, project, sprintf("%s has %d dependencies of others; %d are allowed", [project, count(names), bound])) if {
	bound := data.packages.budget.per_project
	some project, names in needed
	count(names) > bound
	first := [row | some row in input.dependencies; row.project == project][0]
}

deny contains report.finding(nowhere, "locked", sprintf("%d packages are locked; %d are allowed", [count(locked), data.packages.budget.locked])) if {
	count(locked) > data.packages.budget.locked
}

deny contains report.finding(nowhere, "production", sprintf("%d packages are locked for production; %d are allowed", [count(shipped), bound])) if {
	bound := data.packages.budget.locked_production
	count(shipped) > bound
}

nowhere := {"file": "package-lock.json", "line": 1, "project": "workspace"}

needed[row.project] contains row.name if {
	some row in input.dependencies
	row.section in {"dependencies", "optionalDependencies"}
	not row.own
}

locked := [row | some row in input.locked_packages; row.source != "link"]

shipped := [row | some row in locked; not row.dev]

# METADATA
# title: Every dependency has a licence from the list
# description: >-
#   The licence expression of each locked package leaves a choice of which all terms are allowed: one list for
#   what is shipped, a longer one for tools. A missing or unreadable licence is none.
# scope: package
# custom:
#   id: supply_chain.licence_allowed
#   severity: high
#   category: supply_chain
#   requirements: [M12]
#   fix: Take another package; or have the licence judged and add it, or the package with its reason, to policies/data/licences.json.
package arqonbus.supply_chain.licence_allowed

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"locked_packages": {"name", "version", "license", "license_alternatives", "source", "dev"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.licences is missing") if not data.licences

deny contains report.finding(row, row.name, sprintf("%s %s: %s", [row.name, row.version, fault(row)])) if {
	some row in input.locked_packages
	row.source != "link"
	not is_allowed(row)
	not is_excepted(row)
}

shipped := {name | some name in data.licences.production}

tools := shipped | {name | some name in data.licences.development}

is_allowed(row) if {
	row.dev
	some terms in row.license_alternatives
	{term | some term in split(terms, " AND ")} & tools == {term | some term in split(terms, " AND ")}
}

is_allowed(row) if {
	some terms in row.license_alternatives
	{term | some term in split(terms, " AND ")} & shipped == {term | some term in split(terms, " AND ")}
}

is_excepted(row) if {
	exception := data.licences.packages[row.name]
	exception.license == row.license
	count(exception.reason) > 10
}

fault(row) := "states no licence" if row.license == ""

else := sprintf("the licence %s cannot be read", [row.license]) if {
	count(row.license_alternatives) == 0
} else := sprintf("the licence %s is not allowed in what is shipped", [row.license]) if {
	not row.dev
} else := sprintf("the licence %s is not allowed", [row.license])

# METADATA
# title: Exemptions are few, narrow and short
# description: >-
#   An entry of policies/data/exemptions.yaml names a rule that is there, exactly one file or project, a reason, an owner and at most 90 days. Grave
#   rules, those of security and those that judge debts and exemptions cannot be exempted.
# scope: package
# custom:
#   id: technical_debt.exemption_valid
#   severity: critical
#   category: technical_debt
#   requirements: [J19]
#   fix: Correct the entry as the head of the file shows, or repair what it excuses and remove it.
package arqonbus.technical_debt.exemption_valid

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"exemptions": {
	"rule", "place_kind", "place", "place_exists", "subject", "reason_length", "owner", "dated",
	"days_left", "lifetime_days", "age_days", "rule_category", "rule_severity", "copies", "faults",
}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.rule, sprintf("the exemption of %s %s", [named(row), fault])) if some [row, fault] in faulty

warn contains report.finding(row, row.rule, sprintf("the exemption of %s ends in %d days", [named(row), row.days_left])) if {
	some row in input.exemptions
	row.days_left >= 0
	row.days_left <= warned_days
}

warned_days := 14

longest_days := 90

shortest_reason := 20

named(row) := sprintf("%s in %s", [row.rule, row.place]) if row.place != ""

named(row) := row.rule if row.place == ""

faulty contains [row, fault] if {
	some row in input.exemptions
	some fault in row.faults
}

faulty contains [row, "names a rule that is not there"] if {
	some row in input.exemptions
	row.rule_category == ""
}

faulty contains [row, "is for a rule of security"] if {
	some row in input.exemptions
	row.rule_category in {"security", "security_tenancy"}
}

faulty contains [row, "is for a rule of severity critical"] if {
	some row in input.exemptions
	row.rule_severity == "critical"
}

faulty contains [row, "is for a rule that judges debts and exemptions"] if {
	some row in input.exemptions
	row.rule in unexemptible
}

faulty contains [row, "names no file or project, or both"] if {
	some row in input.exemptions
	row.place_kind in {"none", "both"}
}

faulty contains [row, "names a place that is not exactly one file or project"] if {
	some row in input.exemptions
	not row.place_exists
}

faulty contains [row, "names a place by a pattern"] if {
	some row in input.exemptions
	regex.match(`[*?{}]`, row.place)
}

faulty contains [row, "has a reason of less than 20 characters"] if {
	some row in input.exemptions
	row.reason_length < shortest_reason
}

faulty contains [row, "has an owner that is no @name"] if {
	some row in input.exemptions
	not regex.match(`^@[\w-]+(/[\w-]+)?$`, row.owner)
}

faulty contains [row, "has a date that is none"] if {
	some row in input.exemptions
	not row.dated
}

faulty contains [row, "has ended"] if {
	some row in input.exemptions
	row.dated
	row.days_left < 0
}

faulty contains [row, "begins in the future"] if {
	some row in input.exemptions
	row.dated
	row.age_days < 0
}

faulty contains [row, "ends before it begins"] if {
	some row in input.exemptions
	row.dated
	row.lifetime_days < 0
}

faulty contains [row, "lasts longer than 90 days"] if {
	some row in input.exemptions
	row.lifetime_days > longest_days
}

faulty contains [row, "is there twice"] if {
	some row in input.exemptions
	row.copies != 1
}

unexemptible := {"technical_debt.exemption_valid", "technical_debt.td_expired", "technical_debt.td_not_extended", "technical_debt.no_debt_in_core"}

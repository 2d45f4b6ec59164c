package arqonbus.architecture.shield_writes_no_files_test

import data.arqonbus.architecture.shield_writes_no_files as rule

shield := {"file": "apps/shield/package.json", "line": 1, "project": "@arqonbus/shield", "role": "shield", "root": "apps/shield"}

change := {"file": "apps/shield/src/session.ts", "line": 9, "project": "@arqonbus/shield", "api": "writeFile", "function": "keep"}

facts_of(changes, projects) := {
	"meta": {
		"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
		"counts": {"file_changes": count(changes), "projects": count(projects)},
	},
	"file_changes": changes,
	"projects": projects,
}

test_denies_a_write if {
	found := rule.deny with input as facts_of([change], [shield])
	{one.subject | some one in found} == {"writeFile"}
}

test_denies_the_module_as_a_value if {
	found := rule.deny with input as facts_of([object.union(change, {"api": "*"})], [shield])
	count(found) == 1
}

test_denies_under_another_role if {
	found := rule.deny with input as facts_of([change], [object.union(shield, {"role": "tool"})])
	count(found) == 1
}

test_passes_others if {
	other := object.union(change, {"file": "libs/telemetry/src/audit-log.ts", "project": "@arqonbus/telemetry"})
	found := rule.deny with input as facts_of([other], [shield])
	found == set()
}

test_denies_without_a_shield if {
	found := rule.deny with input as facts_of([], [])
	count(found) == 1
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

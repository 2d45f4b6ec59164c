package arqonbus.observability.health_endpoints_test

import data.arqonbus.observability.health_endpoints as rule

row := {
	"file": "apps/brain/package.json",
	"line": 1,
	"project": "@arqonbus/brain",
	"root": "apps/brain",
	"layer": "app",
	"role": "brain",
	"tags": [
		"role:brain",
		"layer:app",
	],
}

allowed := {"observability.health_endpoints": [{"project": "@arqonbus/cli"}]}

others := {"imports": [], "handlers": []}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"projects": [object.union(row, patch)]}))

failing := [{}]

passing := [{"layer": "core"}, {"project": "@arqonbus/cli", "role": "cli"}]

test_finds_each_variant if {
	every patch in failing {
		found := rule.deny with input as judged(patch) with data.allowed_patterns as allowed
		count(found) > 0
	}
}

test_points_at_the_row if {
	some found in rule.deny with input as judged(failing[0]) with data.allowed_patterns as allowed
	found._loc == {"file": row.file, "line": row.line}
	found.project == row.project
}

test_passes_others if {
	every patch in passing {
		denied := rule.deny with input as judged(patch) with data.allowed_patterns as allowed
		denied == set()
	}
}

test_finds_case_1 if {
	found := rule.deny with input as facts_of({
		"projects": [
			{
				"file": "libs/telemetry/package.json",
				"line": 1,
				"project": "@arqonbus/telemetry",
				"root": "libs/telemetry",
				"layer": "adapter",
				"role": "brain",
				"tags": [
					"role:brain",
					"layer:app",
				],
			},
		],
		"imports": [],
		"handlers": [
			{
				"file": "libs/telemetry/src/admin-server.ts",
				"line": 5,
				"project": "@arqonbus/telemetry",
				"kind": "admin_route",
				"name": "/health",
				"table": "",
				"counted": false,
				"traced": true,
				"through": [],
				"test": false,
			},
		],
	})
		with data.allowed_patterns as allowed
	count(found) > 0
}

test_passes_case_1 if {
	denied := rule.deny with input as facts_of({
		"projects": [
			{
				"file": "apps/brain/package.json",
				"line": 1,
				"project": "@arqonbus/brain",
				"root": "apps/brain",
				"layer": "app",
				"role": "brain",
				"tags": [
					"role:brain",
					"layer:app",
				],
			},
		],
		"imports": [
			{
				"file": "apps/brain/src/main.ts",
				"line": 2,
				"project": "@arqonbus/brain",
				"module": "@arqonbus/telemetry",
				"kind": "workspace",
				"package": "@arqonbus/telemetry",
				"type_only": false,
				"form": "static",
				"names": [
					"startAdminServer",
				],
				"test": false,
			},
		],
		"handlers": [],
	})
		with data.allowed_patterns as allowed
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_data if {
	some found in rule.deny with input as judged(failing[0]) with data.allowed_patterns as false
	contains(found.msg, "data.allowed_patterns")
}

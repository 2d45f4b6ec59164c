package arqonbus.observability.traces_required_test

import data.arqonbus.observability.traces_required as rule

row := {
	"file": "apps/spine/src/commands/x.ts",
	"line": 5,
	"project": "@arqonbus/spine",
	"kind": "route",
	"name": "get /x",
	"table": "",
	"counted": false,
	"traced": false,
	"through": [],
	"test": false,
}

allowed := {
	"observability.handler_metric": [
		{
			"file": "libs/telemetry/src/admin-server.ts",
			"names": [
				"createServer",
			],
		},
	],
}

others := {"dispatches": []}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"handlers": [object.union(row, patch)]}))

failing := [{}, {"kind": "server", "name": "request"}]

passing := [
	{
		"traced": true,
	},
	{
		"test": true,
	},
	{
		"kind": "admin_route",
	},
	{
		"file": "libs/telemetry/src/admin-server.ts",
		"name": "createServer",
	},
]

test_finds_each_variant if {
	every patch in failing {
		found := rule.warn with input as judged(patch) with data.allowed_patterns as allowed
		count(found) > 0
	}
}

test_points_at_the_row if {
	some found in rule.warn with input as judged(failing[0]) with data.allowed_patterns as allowed
	found._loc == {"file": row.file, "line": row.line}
	found.project == row.project
}

test_passes_others if {
	every patch in passing {
		denied := rule.deny with input as judged(patch) with data.allowed_patterns as allowed
		denied == set()
		found := rule.warn with input as judged(patch) with data.allowed_patterns as allowed
		found == set()
	}
}

test_finds_case_1 if {
	found := rule.warn with input as facts_of({
		"handlers": [
			{
				"file": "apps/spine/src/commands/x.ts",
				"line": 5,
				"project": "@arqonbus/spine",
				"kind": "command",
				"name": "ping",
				"table": "commandTable",
				"counted": false,
				"traced": true,
				"through": [],
				"test": false,
			},
		],
		"dispatches": [
			{
				"file": "apps/spine/src/commands/run-commands.ts",
				"line": 56,
				"project": "@arqonbus/spine",
				"table": "commandTable",
				"by": "Commands.call",
				"counted": true,
				"traced": false,
				"test": false,
			},
		],
	})
		with data.allowed_patterns as allowed
	count(found) > 0
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_data if {
	some found in rule.deny with input as judged(failing[0]) with data.allowed_patterns as false
	contains(found.msg, "data.allowed_patterns")
}

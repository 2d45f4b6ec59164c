package arqonbus.observability.handler_metric_test

import data.arqonbus.observability.handler_metric as rule

row := {
	"file": "apps/spine/src/commands/x.ts",
	"line": 5,
	"project": "@arqonbus/spine",
	"kind": "route",
	"name": "get /x",
	"table": "",
	"counted": false,
	"traced": true,
	"through": [],
	"test": false,
}

allowed := {
	"observability.handler_metric": [
		{
			"file": "libs/telemetry/src/admin-server.ts",
			"names": [
				"/health",
			],
		},
	],
}

others := {"dispatches": [], "handler_uses": [], "counting_methods": []}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"handlers": [object.union(row, patch)]}))

failing := [
	{},
	{
		"kind": "door",
		"name": "NewDoor.message",
		"through": [
			"intake.handle",
		],
	},
	{
		"kind": "command",
		"name": "ping",
		"table": "commandTable",
	},
	{
		"kind": "server",
		"name": "request",
	},
	{
		"kind": "admin_route",
		"name": "/x",
	},
]

passing := [
	{
		"counted": true,
	},
	{
		"test": true,
	},
	{
		"file": "libs/telemetry/src/admin-server.ts",
		"name": "/health",
	},
]

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
				"counted": false,
				"traced": true,
				"test": false,
			},
		],
		"handler_uses": [],
		"counting_methods": [],
	})
		with data.allowed_patterns as allowed
	count(found) > 0
}

test_finds_case_2 if {
	found := rule.deny with input as facts_of({
		"handlers": [],
		"dispatches": [],
		"counting_methods": [],
		"handler_uses": [
			{
				"file": "apps/spine/src/commands/x.ts",
				"line": 5,
				"project": "@arqonbus/spine",
				"name": "join",
				"use": "declared",
				"test": false,
			},
			{
				"file": "apps/spine/src/commands/x.ts",
				"line": 5,
				"project": "@arqonbus/spine",
				"name": "join",
				"use": "called",
				"test": false,
			},
		],
	})
		with data.allowed_patterns as allowed
	count(found) > 0
}

test_passes_case_1 if {
	denied := rule.deny with input as facts_of({
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
				"traced": true,
				"test": false,
			},
		],
		"handler_uses": [],
		"counting_methods": [],
	})
		with data.allowed_patterns as allowed
	denied == set()
}

test_passes_case_2 if {
	denied := rule.deny with input as facts_of({
		"handlers": [
			{
				"file": "apps/spine/src/commands/x.ts",
				"line": 5,
				"project": "@arqonbus/spine",
				"kind": "door",
				"name": "Door.message",
				"table": "",
				"counted": false,
				"traced": true,
				"through": [
					"intake.handle",
				],
				"test": false,
			},
		],
		"dispatches": [],
		"handler_uses": [],
		"counting_methods": [
			{
				"file": "apps/spine/src/commands/x.ts",
				"line": 5,
				"project": "@arqonbus/spine",
				"key": "intake.handle",
				"test": false,
			},
		],
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

package arqonbus.ci.cache_keyed_by_lockfile_test

import data.arqonbus.ci.cache_keyed_by_lockfile as rule

step := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"inputs": [],
	"job": "policy",
	"uses": "",
}

tables := {"workflow_steps": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_fixed_key if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {
				"uses": "actions/cache@5a3ec84eff668545956fd18022155c47e93e2684",
				"inputs": ["path=.cache", "key=tools"],
			}),
		],
	})
	count(found) > 0
}

test_finds_no_cache if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {
				"uses": "actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020",
				"inputs": ["node-version=20"],
			}),
		],
	})
	count(found) > 0
}

test_finds_older if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {
				"uses": "actions/cache@5a3ec84eff668545956fd18022155c47e93e2684",
				"inputs": ["key=${{ hashFiles('package-lock.json') }}", "restore-keys=tools-"],
			}),
		],
	})
	count(found) > 0
}

test_passes_keyed if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {
				"uses": "actions/cache@5a3ec84eff668545956fd18022155c47e93e2684",
				"inputs": ["key=${{ hashFiles('tools/policy/go/*/go.sum') }}"],
			}),
			object.union(step, {
				"uses": "actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020",
				"inputs": ["node-version=20", "cache=npm"],
			}),
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

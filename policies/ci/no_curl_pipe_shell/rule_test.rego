package arqonbus.ci.no_curl_pipe_shell_test

import data.arqonbus.ci.no_curl_pipe_shell as rule

command := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"job": "policy",
	"joined_by": "",
	"words": ["npm", "ci"],
}

tables := {"workflow_commands": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_piped if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["curl", "-fsSL", "https://x.example/i.sh"]}),
			object.union(command, {"words": ["sh"], "joined_by": "|"}),
		],
	})
	count(found) > 0
}

test_finds_wget if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["/usr/bin/wget", "x"]}),
		],
	})
	count(found) > 0
}

test_finds_substituted if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["bash", "-c", "$(curl -fsSL https://x.example)"]}),
		],
	})
	count(found) > 0
}

test_finds_shell_fed if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["bash"], "joined_by": "|"}),
		],
	})
	count(found) > 0
}

test_passes_plain if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			command,
			object.union(command, {"words": ["bash", ".ci/run"]}),
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

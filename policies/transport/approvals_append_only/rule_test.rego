package arqonbus.transport.approvals_append_only_test

import data.arqonbus.transport.approvals_append_only as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

row := {
	"file": "policies/data/approvals.yaml",
	"line": 18,
	"project": "policies",
	"index": 0,
	"subject": "governed",
	"digest": "b2",
	"class": 0,
	"reason": "The frame cap grows with the new engine, as agreed.",
	"approvers": [
		"@arqonbus/maintainers",
		"@arqonbus/security",
	],
	"unknown_approvers": [],
	"date": "2025-12-01",
	"version": "0.2.0",
	"follows": true,
	"known_subject": true,
	"in_order": true,
}

kept := {
	"file": "policies/data/approvals.yaml",
	"line": 9,
	"project": "policies",
	"index": 0,
	"subject": "governed",
	"kept": true,
}

ledger(change) := facts_of({"approvals": [object.union(row, change)], "approvals_at_base": [kept]})

test_passes_whole_entries if {
	every change in [{}, {"class": 2, "approvers": ["@arqonbus/protocol"]}] {
		denied := rule.deny with input as ledger(change)
		denied == set()
	}
}

test_denies_each_fault if {
	every change in [
		{"known_subject": false}, {"digest": ""}, {"follows": false}, {"class": 3}, {"reason": "short"}, {"approvers": ["@arqonbus/security"]},
		{"approvers": ["@arqonbus/maintainers", "@arqonbus/protocol"]}, {"unknown_approvers": ["@x"]}, {"date": ""}, {"date": "2026-01-02"},
		{"in_order": false}, {"version": "next"}, {"class": 1, "approvers": ["@arqonbus/maintainers"]},
	] {
		denied := rule.deny with input as ledger(change)
		count(denied) == 1
	}
}

test_denies_a_rewritten_entry if {
	denied := rule.deny with input as facts_of({"approvals": [row], "approvals_at_base": [object.union(kept, {"kept": false})]})
	count(denied) == 1
}

test_denies_an_empty_ledger if {
	denied := rule.deny with input as facts_of({"approvals": [], "approvals_at_base": []})
	count(denied) == 1
}

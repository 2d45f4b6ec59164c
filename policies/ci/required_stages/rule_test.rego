package arqonbus.ci.required_stages_test

import data.arqonbus.ci.required_stages as rule

trigger := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"event": "pull_request",
	"filters": [],
}

job := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"check_names": ["policy"],
	"condition": "",
	"continue_on_error": "",
	"job": "policy",
	"needs": [],
}

command := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"job": "policy",
	"words": ["npm", "ci"],
}

check := {
	"file": ".github/rulesets/main.json",
	"line": 1,
	"project": "workspace",
	"check": "policy",
}

tables := {"workflow_triggers": [], "workflow_jobs": [], "workflow_commands": [], "required_checks": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

pipeline := {
	"workflow": ".github/workflows/ci.yml",
	"stages": [
		{"job": "build", "runs": ["nx run-many -t build", "npm run policy:build"]},
		{"job": "lint", "runs": ["nx run-many -t lint typecheck"]},
		{"job": "unit", "runs": ["npm run test:quick"]},
		{"job": "integration", "runs": ["bash .ci/run"]},
		{"job": "policy", "runs": ["nx affected -t policy", "npm run policy:canaries"]},
		{
			"job": "security",
			"runs": [
				"audit-dependencies.ts",
				"security.no_secret_in_files",
				"supply_chain.licence_allowed",
				"npm sbom",
			],
		},
		{
			"job": "protocol",
			"runs": ["buf breaking", "nx run-many -t lint breaking generate-check -p proto"],
		},
		{"job": "docs", "runs": ["nx run @arqonbus/docs:test"]},
	],
}

test_finds_no_policy if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			trigger,
		],
		"workflow_jobs": [
			object.union(job, {"job": "build", "check_names": ["build"]}),
			object.union(job, {"job": "lint", "check_names": ["lint"]}),
			object.union(job, {"job": "unit", "check_names": ["unit"]}),
			object.union(job, {"job": "integration", "check_names": ["integration"]}),
			object.union(job, {"job": "security", "check_names": ["security"]}),
			object.union(job, {"job": "protocol", "check_names": ["protocol"]}),
			object.union(job, {"job": "docs", "check_names": ["docs"]}),
		],
		"required_checks": [
			object.union(check, {"check": "build"}),
			object.union(check, {"check": "lint"}),
			object.union(check, {"check": "unit"}),
			object.union(check, {"check": "integration"}),
			object.union(check, {"check": "policy"}),
			object.union(check, {"check": "security"}),
			object.union(check, {"check": "protocol"}),
			object.union(check, {"check": "docs"}),
		],
		"workflow_commands": [
			object.union(command, {"job": "build", "words": ["nx", "run-many", "-t", "build"]}),
			object.union(command, {"job": "build", "words": ["npm", "run", "policy:build"]}),
			object.union(command, {"job": "lint", "words": ["nx", "run-many", "-t", "lint", "typecheck"]}),
			object.union(command, {"job": "unit", "words": ["npm", "run", "test:quick"]}),
			object.union(command, {"job": "integration", "words": ["bash", ".ci/run"]}),
			object.union(command, {"job": "policy", "words": ["nx", "affected", "-t", "policy"]}),
			object.union(command, {"job": "policy", "words": ["npm", "run", "policy:canaries"]}),
			object.union(command, {"job": "security", "words": ["audit-dependencies.ts"]}),
			object.union(command, {"job": "security", "words": ["security.no_secret_in_files"]}),
			object.union(command, {"job": "security", "words": ["supply_chain.licence_allowed"]}),
			object.union(command, {"job": "security", "words": ["npm", "sbom"]}),
			object.union(command, {"job": "protocol", "words": ["buf", "breaking"]}),
			object.union(command, {
				"job": "protocol",
				"words": ["nx", "run-many", "-t", "lint", "breaking", "generate-check", "-p", "proto"],
			}),
			object.union(command, {"job": "docs", "words": ["nx", "run", "@arqonbus/docs:test"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_conditional if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			trigger,
		],
		"workflow_jobs": [
			object.union(job, {"job": "build", "check_names": ["build"]}),
			object.union(job, {"job": "lint", "check_names": ["lint"]}),
			object.union(job, {"job": "unit", "check_names": ["unit"]}),
			object.union(job, {"job": "integration", "check_names": ["integration"]}),
			object.union(job, {"job": "policy", "check_names": ["policy"]}),
			object.union(job, {"job": "security", "check_names": ["security"], "condition": "github.actor != 'bot'"}),
			object.union(job, {"job": "protocol", "check_names": ["protocol"]}),
			object.union(job, {"job": "docs", "check_names": ["docs"]}),
		],
		"required_checks": [
			object.union(check, {"check": "build"}),
			object.union(check, {"check": "lint"}),
			object.union(check, {"check": "unit"}),
			object.union(check, {"check": "integration"}),
			object.union(check, {"check": "policy"}),
			object.union(check, {"check": "security"}),
			object.union(check, {"check": "protocol"}),
			object.union(check, {"check": "docs"}),
		],
		"workflow_commands": [
			object.union(command, {"job": "build", "words": ["nx", "run-many", "-t", "build"]}),
			object.union(command, {"job": "build", "words": ["npm", "run", "policy:build"]}),
			object.union(command, {"job": "lint", "words": ["nx", "run-many", "-t", "lint", "typecheck"]}),
			object.union(command, {"job": "unit", "words": ["npm", "run", "test:quick"]}),
			object.union(command, {"job": "integration", "words": ["bash", ".ci/run"]}),
			object.union(command, {"job": "policy", "words": ["nx", "affected", "-t", "policy"]}),
			object.union(command, {"job": "policy", "words": ["npm", "run", "policy:canaries"]}),
			object.union(command, {"job": "security", "words": ["audit-dependencies.ts"]}),
			object.union(command, {"job": "security", "words": ["security.no_secret_in_files"]}),
			object.union(command, {"job": "security", "words": ["supply_chain.licence_allowed"]}),
			object.union(command, {"job": "security", "words": ["npm", "sbom"]}),
			object.union(command, {"job": "protocol", "words": ["buf", "breaking"]}),
			object.union(command, {
				"job": "protocol",
				"words": ["nx", "run-many", "-t", "lint", "breaking", "generate-check", "-p", "proto"],
			}),
			object.union(command, {"job": "docs", "words": ["nx", "run", "@arqonbus/docs:test"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_waiting if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			trigger,
		],
		"workflow_jobs": [
			object.union(job, {"job": "build", "check_names": ["build"]}),
			object.union(job, {"job": "lint", "check_names": ["lint"]}),
			object.union(job, {"job": "unit", "check_names": ["unit"]}),
			object.union(job, {"job": "integration", "check_names": ["integration"]}),
			object.union(job, {"job": "policy", "check_names": ["policy"], "needs": ["build"]}),
			object.union(job, {"job": "security", "check_names": ["security"]}),
			object.union(job, {"job": "protocol", "check_names": ["protocol"]}),
			object.union(job, {"job": "docs", "check_names": ["docs"]}),
		],
		"required_checks": [
			object.union(check, {"check": "build"}),
			object.union(check, {"check": "lint"}),
			object.union(check, {"check": "unit"}),
			object.union(check, {"check": "integration"}),
			object.union(check, {"check": "policy"}),
			object.union(check, {"check": "security"}),
			object.union(check, {"check": "protocol"}),
			object.union(check, {"check": "docs"}),
		],
		"workflow_commands": [
			object.union(command, {"job": "build", "words": ["nx", "run-many", "-t", "build"]}),
			object.union(command, {"job": "build", "words": ["npm", "run", "policy:build"]}),
			object.union(command, {"job": "lint", "words": ["nx", "run-many", "-t", "lint", "typecheck"]}),
			object.union(command, {"job": "unit", "words": ["npm", "run", "test:quick"]}),
			object.union(command, {"job": "integration", "words": ["bash", ".ci/run"]}),
			object.union(command, {"job": "policy", "words": ["nx", "affected", "-t", "policy"]}),
			object.union(command, {"job": "policy", "words": ["npm", "run", "policy:canaries"]}),
			object.union(command, {"job": "security", "words": ["audit-dependencies.ts"]}),
			object.union(command, {"job": "security", "words": ["security.no_secret_in_files"]}),
			object.union(command, {"job": "security", "words": ["supply_chain.licence_allowed"]}),
			object.union(command, {"job": "security", "words": ["npm", "sbom"]}),
			object.union(command, {"job": "protocol", "words": ["buf", "breaking"]}),
			object.union(command, {
				"job": "protocol",
				"words": ["nx", "run-many", "-t", "lint", "breaking", "generate-check", "-p", "proto"],
			}),
			object.union(command, {"job": "docs", "words": ["nx", "run", "@arqonbus/docs:test"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_not_required if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			trigger,
		],
		"workflow_jobs": [
			object.union(job, {"job": "build", "check_names": ["build"]}),
			object.union(job, {"job": "lint", "check_names": ["lint"]}),
			object.union(job, {"job": "unit", "check_names": ["unit"]}),
			object.union(job, {"job": "integration", "check_names": ["integration"]}),
			object.union(job, {"job": "policy", "check_names": ["policy"]}),
			object.union(job, {"job": "security", "check_names": ["security"]}),
			object.union(job, {"job": "protocol", "check_names": ["protocol"]}),
			object.union(job, {"job": "docs", "check_names": ["docs"]}),
		],
		"required_checks": [
			object.union(check, {"check": "lint"}),
			object.union(check, {"check": "unit"}),
			object.union(check, {"check": "integration"}),
			object.union(check, {"check": "policy"}),
			object.union(check, {"check": "security"}),
			object.union(check, {"check": "protocol"}),
			object.union(check, {"check": "docs"}),
		],
		"workflow_commands": [
			object.union(command, {"job": "build", "words": ["nx", "run-many", "-t", "build"]}),
			object.union(command, {"job": "build", "words": ["npm", "run", "policy:build"]}),
			object.union(command, {"job": "lint", "words": ["nx", "run-many", "-t", "lint", "typecheck"]}),
			object.union(command, {"job": "unit", "words": ["npm", "run", "test:quick"]}),
			object.union(command, {"job": "integration", "words": ["bash", ".ci/run"]}),
			object.union(command, {"job": "policy", "words": ["nx", "affected", "-t", "policy"]}),
			object.union(command, {"job": "policy", "words": ["npm", "run", "policy:canaries"]}),
			object.union(command, {"job": "security", "words": ["audit-dependencies.ts"]}),
			object.union(command, {"job": "security", "words": ["security.no_secret_in_files"]}),
			object.union(command, {"job": "security", "words": ["supply_chain.licence_allowed"]}),
			object.union(command, {"job": "security", "words": ["npm", "sbom"]}),
			object.union(command, {"job": "protocol", "words": ["buf", "breaking"]}),
			object.union(command, {
				"job": "protocol",
				"words": ["nx", "run-many", "-t", "lint", "breaking", "generate-check", "-p", "proto"],
			}),
			object.union(command, {"job": "docs", "words": ["nx", "run", "@arqonbus/docs:test"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_emptied if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			trigger,
		],
		"workflow_jobs": [
			object.union(job, {"job": "build", "check_names": ["build"]}),
			object.union(job, {"job": "lint", "check_names": ["lint"]}),
			object.union(job, {"job": "unit", "check_names": ["unit"]}),
			object.union(job, {"job": "integration", "check_names": ["integration"]}),
			object.union(job, {"job": "policy", "check_names": ["policy"]}),
			object.union(job, {"job": "security", "check_names": ["security"]}),
			object.union(job, {"job": "protocol", "check_names": ["protocol"]}),
			object.union(job, {"job": "docs", "check_names": ["docs"]}),
		],
		"required_checks": [
			object.union(check, {"check": "build"}),
			object.union(check, {"check": "lint"}),
			object.union(check, {"check": "unit"}),
			object.union(check, {"check": "integration"}),
			object.union(check, {"check": "policy"}),
			object.union(check, {"check": "security"}),
			object.union(check, {"check": "protocol"}),
			object.union(check, {"check": "docs"}),
		],
		"workflow_commands": [
			object.union(command, {"job": "build", "words": ["npm", "run", "policy:build"]}),
			object.union(command, {"job": "lint", "words": ["nx", "run-many", "-t", "lint", "typecheck"]}),
			object.union(command, {"job": "unit", "words": ["npm", "run", "test:quick"]}),
			object.union(command, {"job": "integration", "words": ["bash", ".ci/run"]}),
			object.union(command, {"job": "policy", "words": ["nx", "affected", "-t", "policy"]}),
			object.union(command, {"job": "policy", "words": ["npm", "run", "policy:canaries"]}),
			object.union(command, {"job": "security", "words": ["audit-dependencies.ts"]}),
			object.union(command, {"job": "security", "words": ["security.no_secret_in_files"]}),
			object.union(command, {"job": "security", "words": ["supply_chain.licence_allowed"]}),
			object.union(command, {"job": "security", "words": ["npm", "sbom"]}),
			object.union(command, {"job": "protocol", "words": ["buf", "breaking"]}),
			object.union(command, {
				"job": "protocol",
				"words": ["nx", "run-many", "-t", "lint", "breaking", "generate-check", "-p", "proto"],
			}),
			object.union(command, {"job": "docs", "words": ["nx", "run", "@arqonbus/docs:test"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_path_filter if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			object.union(trigger, {"filters": ["paths-ignore"]}),
		],
		"workflow_jobs": [
			object.union(job, {"job": "build", "check_names": ["build"]}),
			object.union(job, {"job": "lint", "check_names": ["lint"]}),
			object.union(job, {"job": "unit", "check_names": ["unit"]}),
			object.union(job, {"job": "integration", "check_names": ["integration"]}),
			object.union(job, {"job": "policy", "check_names": ["policy"]}),
			object.union(job, {"job": "security", "check_names": ["security"]}),
			object.union(job, {"job": "protocol", "check_names": ["protocol"]}),
			object.union(job, {"job": "docs", "check_names": ["docs"]}),
		],
		"required_checks": [
			object.union(check, {"check": "build"}),
			object.union(check, {"check": "lint"}),
			object.union(check, {"check": "unit"}),
			object.union(check, {"check": "integration"}),
			object.union(check, {"check": "policy"}),
			object.union(check, {"check": "security"}),
			object.union(check, {"check": "protocol"}),
			object.union(check, {"check": "docs"}),
		],
		"workflow_commands": [
			object.union(command, {"job": "build", "words": ["nx", "run-many", "-t", "build"]}),
			object.union(command, {"job": "build", "words": ["npm", "run", "policy:build"]}),
			object.union(command, {"job": "lint", "words": ["nx", "run-many", "-t", "lint", "typecheck"]}),
			object.union(command, {"job": "unit", "words": ["npm", "run", "test:quick"]}),
			object.union(command, {"job": "integration", "words": ["bash", ".ci/run"]}),
			object.union(command, {"job": "policy", "words": ["nx", "affected", "-t", "policy"]}),
			object.union(command, {"job": "policy", "words": ["npm", "run", "policy:canaries"]}),
			object.union(command, {"job": "security", "words": ["audit-dependencies.ts"]}),
			object.union(command, {"job": "security", "words": ["security.no_secret_in_files"]}),
			object.union(command, {"job": "security", "words": ["supply_chain.licence_allowed"]}),
			object.union(command, {"job": "security", "words": ["npm", "sbom"]}),
			object.union(command, {"job": "protocol", "words": ["buf", "breaking"]}),
			object.union(command, {
				"job": "protocol",
				"words": ["nx", "run-many", "-t", "lint", "breaking", "generate-check", "-p", "proto"],
			}),
			object.union(command, {"job": "docs", "words": ["nx", "run", "@arqonbus/docs:test"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_nothing if {
	found := rule.deny with input as facts_of({}) with data.pipeline as pipeline
	count(found) > 0
}

test_passes_all if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			trigger,
		],
		"workflow_jobs": [
			object.union(job, {"job": "build", "check_names": ["build"]}),
			object.union(job, {"job": "lint", "check_names": ["lint"]}),
			object.union(job, {"job": "unit", "check_names": ["unit"]}),
			object.union(job, {"job": "integration", "check_names": ["integration"]}),
			object.union(job, {"job": "policy", "check_names": ["policy"]}),
			object.union(job, {"job": "security", "check_names": ["security"]}),
			object.union(job, {"job": "protocol", "check_names": ["protocol"]}),
			object.union(job, {"job": "docs", "check_names": ["docs"]}),
		],
		"required_checks": [
			object.union(check, {"check": "build"}),
			object.union(check, {"check": "lint"}),
			object.union(check, {"check": "unit"}),
			object.union(check, {"check": "integration"}),
			object.union(check, {"check": "policy"}),
			object.union(check, {"check": "security"}),
			object.union(check, {"check": "protocol"}),
			object.union(check, {"check": "docs"}),
		],
		"workflow_commands": [
			object.union(command, {"job": "build", "words": ["nx", "run-many", "-t", "build"]}),
			object.union(command, {"job": "build", "words": ["npm", "run", "policy:build"]}),
			object.union(command, {"job": "lint", "words": ["nx", "run-many", "-t", "lint", "typecheck"]}),
			object.union(command, {"job": "unit", "words": ["npm", "run", "test:quick"]}),
			object.union(command, {"job": "integration", "words": ["bash", ".ci/run"]}),
			object.union(command, {"job": "policy", "words": ["nx", "affected", "-t", "policy"]}),
			object.union(command, {"job": "policy", "words": ["npm", "run", "policy:canaries"]}),
			object.union(command, {"job": "security", "words": ["audit-dependencies.ts"]}),
			object.union(command, {"job": "security", "words": ["security.no_secret_in_files"]}),
			object.union(command, {"job": "security", "words": ["supply_chain.licence_allowed"]}),
			object.union(command, {"job": "security", "words": ["npm", "sbom"]}),
			object.union(command, {"job": "protocol", "words": ["buf", "breaking"]}),
			object.union(command, {
				"job": "protocol",
				"words": ["nx", "run-many", "-t", "lint", "breaking", "generate-check", "-p", "proto"],
			}),
			object.union(command, {"job": "docs", "words": ["nx", "run", "@arqonbus/docs:test"]}),
		],
	})
		with data.pipeline as pipeline
	found == set()
}

test_passes_types if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			object.union(trigger, {"filters": ["types"]}),
		],
		"workflow_jobs": [
			object.union(job, {"job": "build", "check_names": ["build"]}),
			object.union(job, {"job": "lint", "check_names": ["lint"]}),
			object.union(job, {"job": "unit", "check_names": ["unit"]}),
			object.union(job, {"job": "integration", "check_names": ["integration"]}),
			object.union(job, {"job": "policy", "check_names": ["policy"]}),
			object.union(job, {"job": "security", "check_names": ["security"]}),
			object.union(job, {"job": "protocol", "check_names": ["protocol"]}),
			object.union(job, {"job": "docs", "check_names": ["docs"]}),
		],
		"required_checks": [
			object.union(check, {"check": "build"}),
			object.union(check, {"check": "lint"}),
			object.union(check, {"check": "unit"}),
			object.union(check, {"check": "integration"}),
			object.union(check, {"check": "policy"}),
			object.union(check, {"check": "security"}),
			object.union(check, {"check": "protocol"}),
			object.union(check, {"check": "docs"}),
		],
		"workflow_commands": [
			object.union(command, {"job": "build", "words": ["nx", "run-many", "-t", "build"]}),
			object.union(command, {"job": "build", "words": ["npm", "run", "policy:build"]}),
			object.union(command, {"job": "lint", "words": ["nx", "run-many", "-t", "lint", "typecheck"]}),
			object.union(command, {"job": "unit", "words": ["npm", "run", "test:quick"]}),
			object.union(command, {"job": "integration", "words": ["bash", ".ci/run"]}),
			object.union(command, {"job": "policy", "words": ["nx", "affected", "-t", "policy"]}),
			object.union(command, {"job": "policy", "words": ["npm", "run", "policy:canaries"]}),
			object.union(command, {"job": "security", "words": ["audit-dependencies.ts"]}),
			object.union(command, {"job": "security", "words": ["security.no_secret_in_files"]}),
			object.union(command, {"job": "security", "words": ["supply_chain.licence_allowed"]}),
			object.union(command, {"job": "security", "words": ["npm", "sbom"]}),
			object.union(command, {"job": "protocol", "words": ["buf", "breaking"]}),
			object.union(command, {
				"job": "protocol",
				"words": ["nx", "run-many", "-t", "lint", "breaking", "generate-check", "-p", "proto"],
			}),
			object.union(command, {"job": "docs", "words": ["nx", "run", "@arqonbus/docs:test"]}),
		],
	})
		with data.pipeline as pipeline
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

test_denies_without_pipeline if {
	found := rule.deny with input as facts_of({}) with data.pipeline as false
	some finding in found
	finding.msg == "cannot judge: data.pipeline is missing"
}

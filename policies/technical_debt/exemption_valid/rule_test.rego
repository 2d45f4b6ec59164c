package arqonbus.technical_debt.exemption_valid_test

import data.arqonbus.technical_debt.exemption_valid as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"exemptions": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_exemptions := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"rule": "architecture.type_import_budget",
	"place_kind": "path",
	"place": "libs/x/src/a.ts",
	"place_exists": true,
	"subject": "",
	"reason_length": 40,
	"owner": "@arqonbus/spine",
	"dated": true,
	"days_left": 30,
	"lifetime_days": 60,
	"age_days": 30,
	"rule_category": "architecture",
	"rule_severity": "medium",
	"copies": 1,
	"faults": [],
}

test_denies_one_that_has_ended if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"days_left": -1,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "the exemption of architecture.type_import_budget in libs/x/src/a.ts has ended"
	found._loc.line > 0
}

test_denies_more_than_90_days if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"lifetime_days": 91,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_an_unknown_rule if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"rule": "architecture.no_such",
				"rule_category": "",
				"rule_severity": "",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_rule_of_security if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"rule": "security.secret_in_repo",
				"rule_category": "security",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_critical_rule if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"rule_severity": "critical",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_rule_on_debts if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"rule": "technical_debt.td_expired",
				"rule_category": "technical_debt",
				"rule_severity": "high",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_pattern if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"place": "libs/x/**",
				"place_exists": false,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 2
}

test_denies_no_place if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"place_kind": "none",
				"place": "",
				"place_exists": false,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 2
}

test_denies_both_places if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"place_kind": "both",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_short_reason if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"reason_length": 4,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_no_owner if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"owner": "",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_no_date if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"dated": false,
				"days_left": -1,
				"lifetime_days": -1,
				"age_days": -1,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_future_one if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"age_days": -3,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_twice if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"copies": 2,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_missing_field if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"faults": ["has no reason"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_ends_before_it_begins if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"lifetime_days": -5,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_a_valid_one if {
	rows := {"exemptions": [object.union(row_of_exemptions, {"file": "policies/data/exemptions.yaml", "line": 15, "project": "workspace"})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_none if {
	rows := {}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_project if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"place_kind": "project",
				"place": "@arqonbus/x",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_warns_near_its_end if {
	rows := {
		"exemptions": [
			object.union(row_of_exemptions, {
				"file": "policies/data/exemptions.yaml",
				"line": 15,
				"project": "workspace",
				"days_left": 14,
			}),
		],
	}
	warned := rule.warn with input as facts_of(rows, {})
	count(warned) == 1
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

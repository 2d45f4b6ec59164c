package arqonbus.lib.allowed_test

import data.arqonbus.lib.allowed

patterns := {"a.rule": [{"file": "apps/*/src/main.ts", "api": "fs.readFileSync", "reason": "start-up"}]}

row := {"file": "apps/spine/src/main.ts", "api": "fs.readFileSync"}

test_covers if allowed.covers("a.rule", row) with data.allowed_patterns as patterns

test_other_rule if not allowed.covers("b.rule", row) with data.allowed_patterns as patterns

test_other_file if {
	not allowed.covers("a.rule", object.union(row, {"file": "apps/spine/src/x/main.ts"})) with data.allowed_patterns as patterns
}

test_other_column if {
	not allowed.covers("a.rule", object.union(row, {"api": "fs.writeFileSync"})) with data.allowed_patterns as patterns
}

test_missing_column if not allowed.covers("a.rule", object.remove(row, ["api"])) with data.allowed_patterns as patterns

test_without_reason if {
	without := {"a.rule": [{"file": "**", "reason": ""}]}
	not allowed.covers("a.rule", row) with data.allowed_patterns as without
}

test_without_data if not allowed.covers("a.rule", row) with data.allowed_patterns as {}

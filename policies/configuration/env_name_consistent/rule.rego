# METADATA
# title: The environment names each setting once, and as its key does
# description: >-
#   A setting is ARQON_<APP>_<KEY> in the environment. A name of its own keeps that prefix, no two settings share a name, and a key
#   that several apps have is of one kind and unit in all of them.
# scope: package
# custom:
#   id: configuration.env_name_consistent
#   severity: medium
#   category: configuration
#   requirements: [A18, A19]
#   fix: Leave env out, or begin it with the prefix of the app; give settings of one key one kind and unit.
package arqonbus.configuration.env_name_consistent

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"settings": {"app", "key", "kind", "unit", "env", "own_env"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.key, sprintf("%s %s: %s does not begin with ARQON_%s_", [row.app, row.key, row.env, upper(row.app)])) if {
	some row in input.settings
	not startswith(row.env, sprintf("ARQON_%s_", [upper(replace(row.app, "-", "_"))]))
}

deny contains report.finding(row, row.key, sprintf("%s names more than one setting: %s", [row.env, concat(", ", sort(keys_of[row.env]))])) if {
	some row in input.settings
	count(keys_of[row.env]) > 1
}

deny contains report.finding(row, row.key, sprintf("%s is not of one kind and unit in all apps: %s", [row.key, concat(", ", sort(forms_of[row.key]))])) if {
	some row in input.settings
	count(forms_of[row.key]) > 1
}

keys_of[env] contains sprintf("%s %s", [row.app, row.key]) if {
	some row in input.settings
	env := row.env
}

forms_of[key] contains trim_space(sprintf("%s %s", [row.kind, row.unit])) if {
	some row in input.settings
	key := row.key
}

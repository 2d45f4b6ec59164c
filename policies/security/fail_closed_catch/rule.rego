# METADATA
# title: A failure on a deciding path refuses
# description: >-
#   Code that authenticates, admits, inspects or grants refuses when it fails, when nobody thought of the case, and when no answer comes in
#   time. Places are listed that let someone in on a catch, a rejection, a timeout, a default or a fallback.
# scope: package
# custom:
#   id: security.fail_closed_catch
#   severity: critical
#   category: security
#   requirements: [J14, E6, M5]
#   fix: Refuse in the catch, or rethrow; say no by default.
package arqonbus.security.fail_closed_catch

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"open_failures": {"site", "outcome", "functions", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, concat(".", row.functions), sprintf("%s: its %s %s", [name_of(row), row.site, row.outcome])) if {
	some row in input.open_failures
	not row.test
	decides(row)
	not is_allowed(row)
}

name_of(row) := concat(".", row.functions) if count(row.functions) > 0

name_of(row) := "the module" if count(row.functions) == 0

decides(row) if regex.match(`^(libs/(auth|casil|policy|tenancy)/|apps/[a-z-]+/src/(door|casil|auth|admission|policy|quota|transport)/)`, row.file)

decides(row) if {
	not startswith(row.file, "tools/")
	some word in {"auth", "admission", "access", "permission", "polic", "quota", "guard", "acl", "grant", "rate-limit", "credential", "firewall"}
	contains(lower(row.file), word)
}

decides(row) if {
	not startswith(row.file, "tools/")
	some name in row.functions
	regex.match(guard_name, name)
}

guard_name := sprintf("^[#_]?(%s)", [concat("|", guard_beginnings)])

guard_beginnings := [
	"verify", "authori[sz]", "authenticat", "allow", "can[A-Z]", "may[A-Z]", "admit", "check", "inspect", "decid", "permit", "grant",
	"enforce", "guard", "validat", "accept", "upgrade", "evaluate", "judge", "(is|has)[A-Za-z]*(Allow|Permit|Authori|Valid|Trusted|Admit)",
	"(is|are|was|has|have|must|should|needs?|does|in)[A-Za-z0-9]*(Grant|Expired|Revoked|Banned|Denied|Deny|Denies|Denylisted|Access|Right|Role|Scope)",
	"(is|are|was|has|have|must|should|needs?|does|in)[A-Za-z0-9]*(Block|Blacklisted|Barred|Forbidden|Reject|Refuse|Suspended|Locked|Throttled)",
	"(is|are|was|has|have|must|should|needs?|does|in)[A-Za-z0-9]*(Exceeded|Exhausted|Compromised|Infected|Stolen|Retired|OverLimit|OverQuota)",
	"require(Role|Auth|Permission|Token|Tenant|Access)",
]

is_allowed(row) if {
	some entry in data.allowed_patterns["security.fail_closed_catch"]
	entry.file == row.file
	entry.function in row.functions
	entry.site == row.site
}

# METADATA
# title: Who may connect
# description: >-
#   Judges an attempt to connect from what is known when its token is verified. `input` holds `tls_version`, `origin` (empty when the
#   peer sent none), `now_ms`, `token` {tenant_id, subject, roles, issued_at_ms (0 when the token does not say), expires_at_ms} and
#   `open` {tenant, address}, the connections that are open now. `data.runtime.connection` holds `origins`, `skew_ms`,
#   `max_token_life_ms`, `max_token_age_ms`, `per_tenant` and `per_address`.
# scope: package
# custom:
#   requirements: [B25, J31]
package arqonbus.runtime.connection

import data.arqonbus.runtime.lib.about
import data.arqonbus.runtime.lib.names

required := {
	"address_quota",
	"origin_allowed",
	"roles_known",
	"subject_valid",
	"tenant_quota",
	"tenant_valid",
	"tls_current",
	"token_age",
	"token_life",
	"token_unexpired",
}

roles := {"client", "service", "operator", "admin"}

settings := data.runtime.connection

default decision := {"allow": false, "reasons": ["undecided"], "policy_version": ""}

decision := about.decide(required, met)

met contains "tls_current" if input.tls_version == "TLSv1.3"

met contains "tenant_valid" if names.tenant_id(input.token.tenant_id)

met contains "subject_valid" if names.client_id(input.token.subject)

met contains "origin_allowed" if input.origin == ""

met contains "origin_allowed" if {
	is_string(input.origin)
	is_array(settings.origins)
	input.origin in settings.origins
}

met contains "roles_known" if {
	is_array(input.token.roles)
	count(input.token.roles) > 0
	every role in input.token.roles {
		role in roles
	}
}

met contains "token_unexpired" if {
	amount(input.token.expires_at_ms)
	amount(input.now_ms)
	amount(settings.skew_ms)
	input.now_ms < input.token.expires_at_ms + settings.skew_ms
}

met contains "token_life" if {
	amount(input.token.expires_at_ms)
	amount(input.now_ms)
	amount(settings.max_token_life_ms)
	input.token.expires_at_ms - input.now_ms <= settings.max_token_life_ms
}

met contains "token_age" if {
	input.token.issued_at_ms == 0
	amount(input.now_ms)
}

met contains "token_age" if {
	amount(input.token.issued_at_ms)
	amount(input.now_ms)
	amount(settings.skew_ms)
	amount(settings.max_token_age_ms)
	input.token.issued_at_ms <= input.now_ms + settings.skew_ms
	input.now_ms - input.token.issued_at_ms <= settings.max_token_age_ms
}

met contains "tenant_quota" if {
	amount(input.open.tenant)
	amount(settings.per_tenant)
	input.open.tenant < settings.per_tenant
}

met contains "address_quota" if {
	amount(input.open.address)
	amount(settings.per_address)
	input.open.address < settings.per_address
}

# Rego orders values of different types too, so that "1" > 5: only numbers may be compared.
amount(value) if {
	is_number(value)
	value >= 0
}

# What Conftest prints for the same input: the reasons of a denial.
deny contains "denied" if not allowed

deny contains reason if some reason in decision.reasons

allowed if decision.allow == true

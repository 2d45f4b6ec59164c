package arqonbus.runtime.connection_test

import data.arqonbus.runtime.connection

settings := {"origins": ["https://app.example"], "skew_ms": 10, "max_token_life_ms": 100, "max_token_age_ms": 50, "per_tenant": 2, "per_address": 2}

token := {"tenant_id": "acme", "subject": "c-1", "roles": ["client"], "issued_at_ms": 990, "expires_at_ms": 1050}

good := {"tls_version": "TLSv1.3", "origin": "", "now_ms": 1000, "token": token, "open": {"tenant": 0, "address": 0}}

with_token(changes) := object.union(good, {"token": changes})

test_passes_a_good_connection if {
	decided := connection.decision with input as good with data.runtime.connection as settings
	decided == {"allow": true, "reasons": [], "policy_version": "1.0.0"}
	denied := connection.deny with input as good with data.runtime.connection as settings
	denied == set()
}

test_passes_a_listed_origin if {
	connection.decision.reasons == [] with input as object.union(good, {"origin": "https://app.example"}) with data.runtime.connection as settings
}

test_denies_nothing_known if {
	decided := connection.decision with input as {}
	decided.allow == false
	decided.reasons == sort(connection.required)
	denied := connection.deny with input as {}
	"denied" in denied
}

test_denies_without_settings if {
	decided := connection.decision with input as good with data.runtime.connection as {}
	decided.allow == false
}

test_denies_each_field_missing if {
	every path in [["tls_version"], ["origin"], ["now_ms"], ["token"], ["open"]] {
		count(connection.decision.reasons) > 0 with input as object.remove(good, path) with data.runtime.connection as settings
	}
	every key in object.keys(token) {
		count(connection.decision.reasons) > 0
			with input as object.union(object.remove(good, ["token"]), {"token": object.remove(token, [key])})
			with data.runtime.connection as settings
	}
}

test_denies_old_tls if {
	connection.decision.reasons == ["tls_current"] with input as object.union(good, {"tls_version": "TLSv1.2"}) with data.runtime.connection as settings
}

test_denies_a_foreign_origin if {
	connection.decision.reasons == ["origin_allowed"]
		with input as object.union(good, {"origin": "https://evil.example"})
		with data.runtime.connection as settings
}

test_denies_a_wildcard_tenant if {
	connection.decision.reasons == ["tenant_valid"] with input as with_token({"tenant_id": "*"}) with data.runtime.connection as settings
}

test_denies_an_unknown_role if {
	connection.decision.reasons == ["roles_known"] with input as with_token({"roles": ["client", "root"]}) with data.runtime.connection as settings
}

test_denies_an_expired_token if {
	connection.decision.reasons == ["token_unexpired"] with input as with_token({"expires_at_ms": 990}) with data.runtime.connection as settings
}

test_denies_a_token_for_ever if {
	connection.decision.reasons == ["token_life"] with input as with_token({"expires_at_ms": 1101}) with data.runtime.connection as settings
}

test_denies_an_old_token if {
	connection.decision.reasons == ["token_age"] with input as with_token({"issued_at_ms": 949}) with data.runtime.connection as settings
}

test_denies_a_token_of_tomorrow if {
	connection.decision.reasons == ["token_age"] with input as with_token({"issued_at_ms": 1011}) with data.runtime.connection as settings
}

test_denies_text_for_a_number if {
	connection.decision.reasons == ["token_life", "token_unexpired"]
		with input as with_token({"expires_at_ms": "9999"})
		with data.runtime.connection as settings
}

test_denies_over_quota if {
	connection.decision.reasons == ["tenant_quota"]
		with input as object.union(good, {"open": {"tenant": 2, "address": 0}})
		with data.runtime.connection as settings
	connection.decision.reasons == ["address_quota"]
		with input as object.union(good, {"open": {"tenant": 0, "address": 2}})
		with data.runtime.connection as settings
}

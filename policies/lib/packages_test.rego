package arqonbus.lib.packages_test

import data.arqonbus.lib.packages

test_name if packages.is_named(["pg"], "pg")

test_scope if packages.is_named(["@nats-io"], "@nats-io/jetstream")

test_other_scope if not packages.is_named(["@nats-io"], "@nats-ion/jetstream")

test_no_prefix if not packages.is_named(["pg"], "pg-pool")

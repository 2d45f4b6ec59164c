-- Up Migration

-- Names of one installation's roles: the projector writes, readers see the rows of the tenant that grant_reader gave them.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'arqon_projector') THEN CREATE ROLE arqon_projector NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'arqon_reader') THEN CREATE ROLE arqon_reader NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  -- Another database of the same server is migrated at the same time; roles are the server's.
  RAISE NOTICE 'the roles were made meanwhile';
END
$$;

CREATE SCHEMA arqon;
GRANT USAGE ON SCHEMA arqon TO arqon_projector, arqon_reader;

CREATE TABLE arqon.episode (
  tenant_id text COLLATE "C" NOT NULL,
  agent_id text COLLATE "C" NOT NULL,
  episode_id text COLLATE "C" NOT NULL,
  state_ts_us bigint,
  state_event_id uuid,
  is_deleted boolean NOT NULL,
  content_ref text,
  -- Of the state itself; summary is of summarized events.
  state_summary text,
  tags text[] NOT NULL,
  embedding_ref text,
  metadata jsonb,
  summary_ts_us bigint,
  summary_event_id uuid,
  summary text,
  projected_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, agent_id, episode_id)
);
CREATE INDEX episode_recent ON arqon.episode (tenant_id, agent_id, state_ts_us DESC) WHERE NOT is_deleted;

-- Ids of events that were projected, so that a repeated one is known as such.
CREATE TABLE arqon.seen_event (
  tenant_id text COLLATE "C" NOT NULL,
  event_id uuid NOT NULL,
  seen_us bigint NOT NULL,
  PRIMARY KEY (tenant_id, event_id)
);

-- How far each partition is, and who may move it.
CREATE TABLE arqon.projection_partition (
  tenant_id text COLLATE "C" NOT NULL,
  partition integer NOT NULL,
  fence bigint NOT NULL,
  instance text NOT NULL,
  epoch bigint,
  sequence bigint,
  PRIMARY KEY (tenant_id, partition)
);

CREATE TABLE arqon.dead_letter (
  tenant_id text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  epoch bigint NOT NULL,
  sequence bigint NOT NULL,
  original_type text NOT NULL,
  original_payload bytea NOT NULL,
  sender text NOT NULL,
  bus_time_us bigint NOT NULL,
  event_id uuid,
  error_code text NOT NULL,
  field text NOT NULL,
  reason text NOT NULL,
  tries integer NOT NULL,
  first_failure_us bigint NOT NULL,
  last_failure_us bigint NOT NULL,
  replayed_us bigint,
  is_announced boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, epoch, sequence)
);
CREATE INDEX dead_letter_open ON arqon.dead_letter (tenant_id, id) WHERE replayed_us IS NULL;
CREATE INDEX dead_letter_unannounced ON arqon.dead_letter (tenant_id, id) WHERE NOT is_announced;

CREATE TABLE arqon.backfill (
  tenant_id text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  from_us bigint NOT NULL,
  to_us bigint NOT NULL,
  agent_id text COLLATE "C" NOT NULL,
  is_dry_run boolean NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  epoch bigint,
  sequence bigint,
  counts jsonb NOT NULL,
  error_code text NOT NULL DEFAULT '',
  reason text NOT NULL DEFAULT '',
  started_us bigint NOT NULL,
  ended_us bigint,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE arqon.projection_control (
  tenant_id text COLLATE "C" NOT NULL,
  is_paused boolean NOT NULL,
  changed_by text NOT NULL,
  changed_us bigint NOT NULL,
  PRIMARY KEY (tenant_id)
);

-- Which tenant a reader's role belongs to.
CREATE TABLE arqon.reader_tenant (
  tenant_id text COLLATE "C" NOT NULL,
  role_name name NOT NULL UNIQUE,
  PRIMARY KEY (tenant_id, role_name)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON
  arqon.episode, arqon.seen_event, arqon.projection_partition, arqon.dead_letter, arqon.backfill, arqon.projection_control TO arqon_projector;
GRANT SELECT ON arqon.episode, arqon.reader_tenant TO arqon_reader;
-- A projector whose login is not the owner's sees at start whether the schema is the one it works with.
GRANT USAGE ON SCHEMA arqon_migrations TO arqon_projector;
GRANT SELECT ON arqon_migrations.migration TO arqon_projector;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['episode', 'seen_event', 'projection_partition', 'dead_letter', 'backfill', 'projection_control'] LOOP
    EXECUTE format('ALTER TABLE arqon.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE arqon.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY own_tenant ON arqon.%I TO arqon_projector USING (tenant_id = current_setting(''arqon.tenant_id'', true)) WITH CHECK (tenant_id = current_setting(''arqon.tenant_id'', true))',
      name
    );
  END LOOP;
END
$$;

ALTER TABLE arqon.reader_tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_role ON arqon.reader_tenant FOR SELECT TO arqon_reader USING (role_name = current_user);
CREATE POLICY readers_tenant ON arqon.episode FOR SELECT TO arqon_reader
  USING (tenant_id = (SELECT r.tenant_id FROM arqon.reader_tenant r WHERE r.role_name = current_user));

-- What applications read: episodes that are there, with times as times. A summarized event's summary is shown where the state has none or is older.
CREATE VIEW arqon.episodes WITH (security_invoker = true) AS
  SELECT tenant_id, agent_id, episode_id, content_ref,
    CASE WHEN summary IS NOT NULL AND (state_summary IS NULL OR (summary_ts_us, summary_event_id) > (state_ts_us, state_event_id))
      THEN summary ELSE state_summary END AS summary,
    tags, embedding_ref, metadata,
    timestamptz 'epoch' + state_ts_us * interval '1 microsecond' AS source_ts, state_event_id AS event_id, projected_at
  FROM arqon.episode WHERE NOT is_deleted AND state_ts_us IS NOT NULL;
GRANT SELECT ON arqon.episodes TO arqon_reader;

-- Lets a role read the episodes of one tenant; giving it another tenant moves it.
CREATE FUNCTION arqon.grant_reader(reader name, tenant text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('GRANT arqon_reader TO %I', reader);
  INSERT INTO arqon.reader_tenant (tenant_id, role_name) VALUES (tenant, reader)
    ON CONFLICT (role_name) DO UPDATE SET tenant_id = excluded.tenant_id;
END
$$;
REVOKE ALL ON FUNCTION arqon.grant_reader(name, text) FROM PUBLIC;

-- Down Migration

DROP SCHEMA arqon CASCADE;

-- Up Migration

-- How each row was when a running backfill touched it first, so that a row that several of its batches change is counted once. Emptied at its end.
CREATE TABLE arqon.backfill_row (
  tenant_id text COLLATE "C" NOT NULL,
  backfill_id uuid NOT NULL,
  agent_id text COLLATE "C" NOT NULL,
  episode_id text COLLATE "C" NOT NULL,
  presence text NOT NULL CHECK (presence IN ('absent', 'tombstone', 'present')),
  digest text NOT NULL,
  effect text NOT NULL CHECK (effect IN ('inserted', 'updated', 'deleted', 'unchanged')),
  PRIMARY KEY (tenant_id, backfill_id, agent_id, episode_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON arqon.backfill_row TO arqon_projector;
ALTER TABLE arqon.backfill_row ENABLE ROW LEVEL SECURITY;
ALTER TABLE arqon.backfill_row FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON arqon.backfill_row TO arqon_projector
  USING (tenant_id = current_setting('arqon.tenant_id', true)) WITH CHECK (tenant_id = current_setting('arqon.tenant_id', true));

-- Down Migration

DROP TABLE arqon.backfill_row;

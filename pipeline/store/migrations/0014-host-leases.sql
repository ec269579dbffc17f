-- A visit of a host is a lease: the claim that holds the host, until when at the latest, and the slot that was granted with it.
ALTER TABLE hosts RENAME COLUMN visitor TO lease_id;
ALTER TABLE hosts
    ADD COLUMN lease_until timestamptz,                            -- then the tick frees the host, whatever became of the job
    ADD COLUMN slot_at     timestamptz;                            -- the job may begin at this moment; null once it has
UPDATE hosts SET lease_until = now() + interval '3 minutes' WHERE lease_id IS NOT NULL; -- as long as a message may take to be begun
ALTER TABLE hosts
    ADD CHECK ((lease_id IS NULL) = (lease_until IS NULL)),
    ADD CHECK (slot_at IS NULL OR lease_id IS NOT NULL);
ALTER INDEX hosts_visitor RENAME TO hosts_lease;

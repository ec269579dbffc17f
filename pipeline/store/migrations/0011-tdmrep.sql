-- A host's /.well-known/tdmrep.json, where fetch.read_tdmrep asks for it.
ALTER TABLE hosts
    ADD COLUMN tdmrep    text NOT NULL DEFAULT '',                 -- as it is written; '' where there is none
    ADD COLUMN tdmrep_at timestamptz;                              -- when it was asked for

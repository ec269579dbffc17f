-- Who may do what: users with a role, their sessions in browsers, tokens for programs, and a record of what was changed by whom.

CREATE TABLE users (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9._@-]{1,64}$'),
    role         text NOT NULL CHECK (role IN ('reader', 'editor', 'admin')),
    password     text NOT NULL,                           -- hashed by argon2, with its parameters
    created_at   timestamptz NOT NULL DEFAULT now(),
    signed_in_at timestamptz
);

CREATE TABLE sessions (
    digest     bytea PRIMARY KEY,                         -- sha-256 of what the cookie holds
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    address    text NOT NULL DEFAULT '',
    agent      text NOT NULL DEFAULT ''
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE tokens (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    name       text NOT NULL CHECK (name <> ''),
    scopes     text[] NOT NULL CHECK (scopes <@ '{read,text,write,admin}' AND scopes <> '{}'),
    digest     bytea NOT NULL UNIQUE,                     -- sha-256 of the token, which is shown once and kept nowhere
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at    timestamptz,
    expires_at timestamptz,
    UNIQUE (user_id, name)
);

CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    who     text NOT NULL,                                -- no reference: the user may be gone
    what    text NOT NULL,
    about   text NOT NULL DEFAULT '',
    outcome text NOT NULL DEFAULT '',                     -- done, or the code of the refusal; '' where the process was ended meanwhile
    address text NOT NULL DEFAULT ''
);

COMMENT ON TABLE users IS 'a person who may sign in';
COMMENT ON COLUMN users.id IS 'the user''s number';
COMMENT ON COLUMN users.name IS 'the name to sign in with';
COMMENT ON COLUMN users.role IS 'reader, editor or admin';
COMMENT ON COLUMN users.password IS 'hashed by argon2, with its parameters';
COMMENT ON COLUMN users.created_at IS 'when the user was made';
COMMENT ON COLUMN users.signed_in_at IS 'when the user signed in last';
COMMENT ON TABLE sessions IS 'a browser that is signed in';
COMMENT ON COLUMN sessions.digest IS 'sha-256 of what the cookie holds';
COMMENT ON COLUMN sessions.user_id IS 'the user';
COMMENT ON COLUMN sessions.created_at IS 'when the user signed in';
COMMENT ON COLUMN sessions.expires_at IS 'when it ends';
COMMENT ON COLUMN sessions.address IS 'where it came from';
COMMENT ON COLUMN sessions.agent IS 'what the browser calls itself';
COMMENT ON TABLE tokens IS 'a key of a program';
COMMENT ON COLUMN tokens.id IS 'the token''s number';
COMMENT ON COLUMN tokens.user_id IS 'the user whose key it is';
COMMENT ON COLUMN tokens.name IS 'what it is for';
COMMENT ON COLUMN tokens.scopes IS 'what it may: read, text, write, admin';
COMMENT ON COLUMN tokens.digest IS 'sha-256 of the token, which is shown once and kept nowhere';
COMMENT ON COLUMN tokens.created_at IS 'when it was made';
COMMENT ON COLUMN tokens.used_at IS 'when it was used last';
COMMENT ON COLUMN tokens.expires_at IS 'when it ends; null: never';
COMMENT ON TABLE audit IS 'a change that somebody asked for, and how it went';
COMMENT ON COLUMN audit.id IS 'in the order in which they were asked for';
COMMENT ON COLUMN audit.at IS 'when';
COMMENT ON COLUMN audit.who IS 'the user or token; no reference, as it may be gone';
COMMENT ON COLUMN audit.what IS 'what was asked for';
COMMENT ON COLUMN audit.about IS 'of what';
COMMENT ON COLUMN audit.outcome IS 'done, or the code of the refusal; '''' where the process was ended meanwhile';
COMMENT ON COLUMN audit.address IS 'where it came from';

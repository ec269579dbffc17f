-- Who may do what: users with a role, their sessions in browsers, tokens for programs, and a record of what was changed by whom.

CREATE TABLE users (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9._@-]{1,64}$'),
    role         text NOT NULL CHECK (role IN ('reader', 'editor', 'admin')),
    password     text NOT NULL,                           -- hashed by argon2, with its parameters
    created_at   timestamptz NOT NULL DEFAULT now(),
    signed_in_at timestamptz
);
COMMENT ON TABLE users IS 'people who may sign in';

CREATE TABLE sessions (
    digest     bytea PRIMARY KEY,                         -- sha-256 of what the cookie holds
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    address    text NOT NULL DEFAULT '',
    agent      text NOT NULL DEFAULT ''
);
COMMENT ON TABLE sessions IS 'browsers that are signed in';
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
COMMENT ON TABLE tokens IS 'keys of programs; each may do no more than its user may';

CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    who     text NOT NULL,                                -- no reference: the user may be gone
    what    text NOT NULL,
    about   text NOT NULL DEFAULT '',
    outcome text NOT NULL DEFAULT '',                     -- done, or the code of the refusal; '' where the process was ended meanwhile
    address text NOT NULL DEFAULT ''
);
COMMENT ON TABLE audit IS 'each change that somebody asked for over HTTP, and each change of users and tokens';

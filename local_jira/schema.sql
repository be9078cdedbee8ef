CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS account (
    account_id TEXT PRIMARY KEY,
    email TEXT,
    display_name TEXT NOT NULL,
    account_type TEXT NOT NULL,
    active INTEGER NOT NULL,
    time_zone TEXT NOT NULL,
    is_admin INTEGER NOT NULL,
    groups TEXT NOT NULL,
    secrets TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS account_email ON account (email);

CREATE TABLE IF NOT EXISTS issue (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    fields TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS issue_parent ON issue (json_extract(fields, '$.parent'));

CREATE TABLE IF NOT EXISTS old_key (
    key TEXT PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS comment (
    id INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    author TEXT NOT NULL,
    update_author TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    body TEXT NOT NULL,
    visibility TEXT
);
CREATE INDEX IF NOT EXISTS comment_issue ON comment (issue_id, created, id);

CREATE TABLE IF NOT EXISTS property (
    owner TEXT NOT NULL,
    owner_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, owner_id, key)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS link (
    id INTEGER PRIMARY KEY,
    type_id TEXT NOT NULL,
    source_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    target_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    UNIQUE (type_id, source_id, target_id)
);
CREATE INDEX IF NOT EXISTS link_source ON link (source_id);
CREATE INDEX IF NOT EXISTS link_target ON link (target_id);

CREATE TABLE IF NOT EXISTS remote_link (
    id INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    global_id TEXT,
    document TEXT NOT NULL,
    UNIQUE (issue_id, global_id)
);

CREATE TABLE IF NOT EXISTS watcher (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    account_id TEXT NOT NULL,
    PRIMARY KEY (issue_id, account_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS history (
    id INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    author TEXT NOT NULL,
    created INTEGER NOT NULL,
    metadata TEXT,
    items TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS history_issue ON history (issue_id, id);

CREATE TABLE IF NOT EXISTS attachment (
    id INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    author TEXT NOT NULL,
    created INTEGER NOT NULL,
    filename TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS attachment_issue ON attachment (issue_id);

CREATE TABLE IF NOT EXISTS approval (
    id INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    needed INTEGER NOT NULL,
    approve TEXT NOT NULL,
    decline TEXT NOT NULL,
    created INTEGER NOT NULL,
    completed INTEGER,
    decision TEXT NOT NULL,
    votes TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS approval_issue ON approval (issue_id);

CREATE TABLE IF NOT EXISTS feedback (
    issue_id INTEGER PRIMARY KEY REFERENCES issue (id) ON DELETE CASCADE,
    rating INTEGER NOT NULL,
    comment TEXT NOT NULL,
    created INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS task (id TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS search_index (
    issue_id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    project_id TEXT NOT NULL,
    issuetype TEXT NOT NULL,
    status TEXT NOT NULL,
    status_category TEXT NOT NULL,
    priority TEXT,
    priority_rank INTEGER,
    resolution TEXT,
    assignee TEXT,
    reporter TEXT,
    creator TEXT,
    parent_id INTEGER,
    summary TEXT NOT NULL,
    description TEXT NOT NULL,
    environment TEXT NOT NULL,
    comments TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    resolved INTEGER,
    duedate TEXT,
    labels TEXT NOT NULL,
    components TEXT NOT NULL,
    fix_versions TEXT NOT NULL,
    versions TEXT NOT NULL,
    properties TEXT NOT NULL,
    custom TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS search_updated ON search_index (updated);
CREATE INDEX IF NOT EXISTS search_key ON search_index (key);

CREATE TABLE IF NOT EXISTS search_pending (
    issue_id INTEGER PRIMARY KEY,
    due INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS webhook (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    filters TEXT NOT NULL,
    exclude_body INTEGER NOT NULL,
    enabled INTEGER NOT NULL,
    secret TEXT,
    updated INTEGER NOT NULL,
    updated_by TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS dynamic_webhook (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    jql TEXT NOT NULL,
    fields TEXT NOT NULL,
    property_keys TEXT NOT NULL,
    expires INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY,
    webhook_id INTEGER NOT NULL,
    identifier TEXT NOT NULL,
    event TEXT NOT NULL,
    issue_key TEXT,
    url TEXT NOT NULL,
    body BLOB NOT NULL,
    flow TEXT NOT NULL,
    created INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    retries INTEGER NOT NULL DEFAULT 0,
    next_attempt INTEGER NOT NULL,
    state TEXT NOT NULL,
    last_status INTEGER,
    last_error TEXT
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (state, next_attempt);

CREATE TABLE IF NOT EXISTS journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    account_id TEXT,
    status INTEGER,
    committed INTEGER NOT NULL,
    request_source TEXT,
    body_hash TEXT NOT NULL,
    fault TEXT
);

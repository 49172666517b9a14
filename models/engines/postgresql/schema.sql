-- The schema as the migrations leave it: each table with its indexes and triggers, then functions.
-- It is for reading; the migrations make it. `make schema` writes this file.

CREATE EXTENSION pg_trgm;

CREATE TABLE api_keys (
    id uuid NOT NULL,
    name character varying(200) NOT NULL,
    key_hash character varying(64) NOT NULL,
    key_prefix character varying(20) NOT NULL,
    scopes jsonb NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    last_used_ip character varying(45),
    created_at timestamp with time zone NOT NULL,
    user_id uuid NOT NULL,
    CONSTRAINT api_keys_pkey PRIMARY KEY (id),
    CONSTRAINT api_keys_key_hash_is_a_digest CHECK ((((key_hash)::text COLLATE "C") ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT api_keys_key_hash_key UNIQUE (key_hash),
    CONSTRAINT api_keys_scopes_is_a_list CHECK ((jsonb_typeof(scopes) = 'array'::text)),
    CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);

CREATE INDEX idx_api_keys_created_cd5634 ON public.api_keys USING btree (created_at, id, expires_at);

CREATE INDEX idx_api_keys_expires_930194 ON public.api_keys USING btree (expires_at, id);

CREATE INDEX idx_api_keys_last_us_c2087d ON public.api_keys USING btree (last_used_at, id, expires_at);

CREATE INDEX idx_api_keys_name_ab9c34 ON public.api_keys USING btree (name, id, expires_at);

CREATE INDEX idx_api_keys_user_id_c7c0e2 ON public.api_keys USING btree (user_id, created_at);

CREATE TRIGGER everruns_auth_api_keys_came AFTER INSERT ON public.api_keys REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_api_keys_came();

CREATE TRIGGER everruns_auth_api_keys_deleted AFTER DELETE ON public.api_keys REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_api_keys_deleted();

CREATE TRIGGER everruns_auth_api_keys_emptied AFTER TRUNCATE ON public.api_keys FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_emptied('api_keys');

CREATE TRIGGER everruns_auth_api_keys_found AFTER INSERT OR DELETE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION everruns_auth_api_keys_found();

CREATE TRIGGER everruns_auth_api_keys_found_changed AFTER UPDATE OF id, name, key_prefix, created_at, expires_at ON public.api_keys FOR EACH ROW WHEN ((((((old.id IS DISTINCT FROM new.id) OR ((old.name)::text IS DISTINCT FROM (new.name)::text)) OR ((old.key_prefix)::text IS DISTINCT FROM (new.key_prefix)::text)) OR (old.created_at IS DISTINCT FROM new.created_at)) OR (old.expires_at IS DISTINCT FROM new.expires_at))) EXECUTE FUNCTION everruns_auth_api_keys_found();

CREATE TRIGGER everruns_auth_api_keys_found_none AFTER TRUNCATE ON public.api_keys FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_api_keys_found_none();

CREATE TRIGGER everruns_auth_api_keys_moved AFTER UPDATE ON public.api_keys REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_api_keys_moved();

CREATE TRIGGER everruns_auth_api_keys_truncated AFTER TRUNCATE ON public.api_keys FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_say_all();

CREATE TRIGGER everruns_auth_api_keys_updated AFTER UPDATE ON public.api_keys REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_api_keys_updated();

CREATE TRIGGER everruns_auth_api_keys_went AFTER DELETE ON public.api_keys REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_api_keys_went();

CREATE TABLE api_keys_search (
    id uuid NOT NULL,
    text text NOT NULL,
    name character varying(200),
    created_at timestamp with time zone,
    expires_at timestamp with time zone,
    CONSTRAINT api_keys_search_pkey PRIMARY KEY (id)
);

CREATE INDEX api_keys_search_parts ON public.api_keys_search USING gin (text gin_trgm_ops);

CREATE TABLE audit_events (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    action character varying(64) NOT NULL,
    outcome character varying(16) NOT NULL,
    actor_id uuid,
    user_id uuid,
    ip_address character varying(45),
    user_agent character varying(512),
    request_id character varying(128),
    detail jsonb NOT NULL,
    CONSTRAINT audit_events_pkey PRIMARY KEY (id)
);

CREATE INDEX audit_events_failures ON public.audit_events USING btree (action, at, id) WHERE ((outcome)::text = 'failure'::text);

CREATE INDEX idx_audit_event_action_bd7165 ON public.audit_events USING btree (action, at, id);

CREATE INDEX idx_audit_event_actor_i_b2b2d8 ON public.audit_events USING btree (actor_id, at, id);

CREATE INDEX idx_audit_event_at_e55073 ON public.audit_events USING btree (at, id);

CREATE INDEX idx_audit_event_outcome_89aa4c ON public.audit_events USING btree (outcome, at, id);

CREATE INDEX idx_audit_event_user_id_b94bb6 ON public.audit_events USING btree (user_id, at, id);

CREATE TRIGGER everruns_auth_audit_events_came AFTER INSERT ON public.audit_events REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_audit_events_came();

CREATE TABLE auth_events (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL,
    items jsonb NOT NULL,
    CONSTRAINT auth_events_pkey PRIMARY KEY (id)
);

CREATE INDEX idx_auth_events_xid ON public.auth_events USING btree (xid);

CREATE TABLE auth_tallies (
    what text NOT NULL,
    used_day integer NOT NULL,
    expires_day integer NOT NULL,
    n bigint NOT NULL
);

CREATE TABLE known_networks (
    id uuid NOT NULL,
    network character varying(43) NOT NULL,
    last_sign_in_at timestamp with time zone NOT NULL,
    user_id uuid NOT NULL,
    CONSTRAINT known_networks_pkey PRIMARY KEY (id),
    CONSTRAINT known_networks_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE,
    CONSTRAINT uid_known_netwo_user_id_dc86bc UNIQUE (user_id, network)
);

CREATE INDEX idx_known_netwo_last_si_30f93b ON public.known_networks USING btree (last_sign_in_at);

CREATE TABLE oauth_identities (
    id uuid NOT NULL,
    provider character varying(32) NOT NULL,
    subject character varying(255) NOT NULL,
    email character varying(254),
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    user_id uuid NOT NULL,
    issuer character varying(255),
    CONSTRAINT oauth_identities_pkey PRIMARY KEY (id),
    CONSTRAINT oauth_identities_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE,
    CONSTRAINT uid_oauth_ident_provide_225c88 UNIQUE (provider, subject)
);

CREATE INDEX idx_oauth_ident_provide_0c06f4 ON public.oauth_identities USING btree (provider, user_id);

CREATE INDEX idx_oauth_ident_user_id_038ca5 ON public.oauth_identities USING btree (user_id, created_at);

CREATE TABLE oauth_used_states (
    state_hash character varying(64) NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT oauth_used_states_pkey PRIMARY KEY (state_hash),
    CONSTRAINT oauth_used_states_state_hash_is_a_digest CHECK ((((state_hash)::text COLLATE "C") ~ '^[0-9a-f]{64}$'::text))
);

CREATE INDEX idx_oauth_used__expires_0db842 ON public.oauth_used_states USING btree (expires_at);

CREATE TABLE refresh_tokens (
    id uuid NOT NULL,
    token_hash character varying(64) NOT NULL,
    previous_token_hash character varying(64),
    seed character varying(64) NOT NULL,
    generation integer NOT NULL,
    rotated_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ip_address character varying(45),
    user_agent character varying(512),
    user_id uuid NOT NULL,
    CONSTRAINT refresh_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT refresh_tokens_token_hash_is_a_digest CHECK ((((token_hash)::text COLLATE "C") ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT refresh_tokens_token_hash_key UNIQUE (token_hash),
    CONSTRAINT refresh_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);

CREATE INDEX idx_refresh_tok_created_7247a0 ON public.refresh_tokens USING btree (created_at, id);

CREATE INDEX idx_refresh_tok_expires_a63f42 ON public.refresh_tokens USING btree (expires_at, id);

CREATE INDEX idx_refresh_tok_last_us_95ae7a ON public.refresh_tokens USING btree (last_used_at, id);

CREATE INDEX idx_refresh_tok_user_id_1da027 ON public.refresh_tokens USING btree (user_id, created_at);

CREATE TRIGGER everruns_auth_refresh_tokens_came AFTER INSERT ON public.refresh_tokens REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_refresh_tokens_came();

CREATE TRIGGER everruns_auth_refresh_tokens_deleted AFTER DELETE ON public.refresh_tokens REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_refresh_tokens_deleted();

CREATE TRIGGER everruns_auth_refresh_tokens_emptied AFTER TRUNCATE ON public.refresh_tokens FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_emptied('refresh_tokens');

CREATE TRIGGER everruns_auth_refresh_tokens_moved AFTER UPDATE ON public.refresh_tokens REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_refresh_tokens_moved();

CREATE TRIGGER everruns_auth_refresh_tokens_truncated AFTER TRUNCATE ON public.refresh_tokens FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_say_all();

CREATE TRIGGER everruns_auth_refresh_tokens_updated AFTER UPDATE ON public.refresh_tokens REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_refresh_tokens_updated();

CREATE TRIGGER everruns_auth_refresh_tokens_went AFTER DELETE ON public.refresh_tokens REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_refresh_tokens_went();

CREATE TABLE unblocks (
    id uuid NOT NULL,
    subject character varying(254) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT unblocks_pkey PRIMARY KEY (id)
);

CREATE INDEX idx_unblocks_created_8190c5 ON public.unblocks USING btree (created_at);

CREATE INDEX idx_unblocks_subject_00e361 ON public.unblocks USING btree (subject, created_at);

CREATE TABLE users (
    id uuid NOT NULL,
    email character varying(254) NOT NULL,
    name character varying(200) NOT NULL,
    avatar_url character varying(2048),
    roles jsonb NOT NULL,
    password_hash character varying(200),
    email_verified boolean NOT NULL,
    disabled_at timestamp with time zone,
    last_active_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_is_lower_case CHECK ((((email)::text COLLATE "C") !~ '[A-Z]'::text)),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_roles_is_a_list CHECK ((jsonb_typeof(roles) = 'array'::text))
);

CREATE INDEX idx_users_created_eeb5e9 ON public.users USING btree (created_at, id);

CREATE INDEX idx_users_last_ac_c27f06 ON public.users USING btree (last_active_at, id);

CREATE INDEX idx_users_name_dff59b ON public.users USING btree (name, id);

CREATE INDEX users_disabled_active ON public.users USING btree (last_active_at, id) WHERE (disabled_at IS NOT NULL);

CREATE INDEX users_disabled_created ON public.users USING btree (created_at, id) WHERE (disabled_at IS NOT NULL);

CREATE INDEX users_disabled_email ON public.users USING btree (email) WHERE (disabled_at IS NOT NULL);

CREATE INDEX users_disabled_name ON public.users USING btree (name, id) WHERE (disabled_at IS NOT NULL);

CREATE INDEX users_roles ON public.users USING gin (roles jsonb_path_ops);

CREATE TRIGGER everruns_auth_users_came AFTER INSERT ON public.users REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_users_came();

CREATE TRIGGER everruns_auth_users_deleted AFTER DELETE ON public.users REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_users_deleted();

CREATE TRIGGER everruns_auth_users_emptied AFTER TRUNCATE ON public.users FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_emptied('users', 'disabled', 'operators');

CREATE TRIGGER everruns_auth_users_found AFTER INSERT OR DELETE ON public.users FOR EACH ROW EXECUTE FUNCTION everruns_auth_users_found();

CREATE TRIGGER everruns_auth_users_found_changed AFTER UPDATE OF id, email, name, created_at ON public.users FOR EACH ROW WHEN (((((old.id IS DISTINCT FROM new.id) OR ((old.email)::text IS DISTINCT FROM (new.email)::text)) OR ((old.name)::text IS DISTINCT FROM (new.name)::text)) OR (old.created_at IS DISTINCT FROM new.created_at))) EXECUTE FUNCTION everruns_auth_users_found();

CREATE TRIGGER everruns_auth_users_found_none AFTER TRUNCATE ON public.users FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_users_found_none();

CREATE TRIGGER everruns_auth_users_moved AFTER UPDATE ON public.users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_users_moved();

CREATE TRIGGER everruns_auth_users_truncated AFTER TRUNCATE ON public.users FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_say_all();

CREATE TRIGGER everruns_auth_users_updated AFTER UPDATE ON public.users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_users_updated();

CREATE TRIGGER everruns_auth_users_went AFTER DELETE ON public.users REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_users_went();

CREATE TABLE users_search (
    id uuid NOT NULL,
    text text NOT NULL,
    email character varying(254),
    name character varying(200),
    created_at timestamp with time zone,
    CONSTRAINT users_search_pkey PRIMARY KEY (id)
);

CREATE INDEX users_search_parts ON public.users_search USING gin (text gin_trgm_ops);

CREATE OR REPLACE FUNCTION public.everruns_auth_api_keys_came()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n")
    SELECT what, used_day, expires_day, sum(n) FROM (
        SELECT counted.*, 1 AS n FROM (
        SELECT 'api_keys' AS what, everruns_auth_day(r.last_used_at) AS used_day,
            everruns_auth_day(r.expires_at) AS expires_day FROM new_rows r
        ) AS counted
    ) AS moved GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
    PERFORM everruns_auth_tell('key_created', ARRAY(
        SELECT jsonb_build_object('id', r.id, 'user_id', r.user_id) FROM new_rows r WHERE true LIMIT 1001
    ));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_api_keys_deleted()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM everruns_auth_say('key', ARRAY(SELECT o.id FROM old_rows o LIMIT 101));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_api_keys_found()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM "api_keys_search" WHERE "id" = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO "api_keys_search" ("id", "text", "name", "created_at", "expires_at")
        VALUES (NEW.id, lower(E'\n\n' || NEW."name" || E'\n\n' || NEW."key_prefix"), NEW."name", NEW."created_at", NEW."expires_at")
        ON CONFLICT ("id") DO UPDATE SET ("text", "name", "created_at", "expires_at") = ROW (EXCLUDED."text", EXCLUDED."name", EXCLUDED."created_at", EXCLUDED."expires_at");
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_api_keys_found_none()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    TRUNCATE "api_keys_search";
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_api_keys_moved()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_nestloop TO 'off'
 SET jit TO 'off'
AS $function$
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n")
    SELECT what, used_day, expires_day, sum(n) FROM (
        SELECT counted.*, -1 AS n FROM (
        SELECT 'api_keys' AS what, everruns_auth_day(r.last_used_at) AS used_day,
            everruns_auth_day(r.expires_at) AS expires_day FROM old_rows r
        ) AS counted UNION ALL SELECT counted.*, 1 AS n FROM (
        SELECT 'api_keys' AS what, everruns_auth_day(r.last_used_at) AS used_day,
            everruns_auth_day(r.expires_at) AS expires_day FROM new_rows r
        ) AS counted
    ) AS moved GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
    PERFORM everruns_auth_tell('key_changed', ARRAY(
        SELECT jsonb_build_object('id', r.id, 'user_id', r.user_id) FROM old_rows o JOIN new_rows r ON r.id = o.id WHERE (o.user_id, o.name, o.key_hash, o.key_prefix, o.scopes, o.expires_at) IS DISTINCT FROM (r.user_id, r.name, r.key_hash, r.key_prefix, r.scopes, r.expires_at) LIMIT 1001
    ));
    PERFORM everruns_auth_tell('key_used', ARRAY(
        SELECT jsonb_build_object('id', r.id, 'last_used_at', r.last_used_at, 'ip', r.last_used_ip) FROM old_rows o JOIN new_rows r ON r.id = o.id WHERE o.last_used_at IS DISTINCT FROM r.last_used_at LIMIT 1001
    ));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_api_keys_updated()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_nestloop TO 'off'
 SET jit TO 'off'
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM everruns_auth_say('key', ARRAY(
        SELECT o.id FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
        WHERE n.id IS NULL OR (o.key_hash, o.user_id, o.scopes, o.expires_at) IS DISTINCT FROM (n.key_hash, n.user_id, n.scopes, n.expires_at) LIMIT 101
    ));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_api_keys_went()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n")
    SELECT what, used_day, expires_day, sum(n) FROM (
        SELECT counted.*, -1 AS n FROM (
        SELECT 'api_keys' AS what, everruns_auth_day(r.last_used_at) AS used_day,
            everruns_auth_day(r.expires_at) AS expires_day FROM old_rows r
        ) AS counted
    ) AS moved GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
    PERFORM everruns_auth_tell('key_revoked', ARRAY(
        SELECT jsonb_build_object('id', r.id, 'user_id', r.user_id) FROM old_rows r WHERE true LIMIT 1001
    ));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_audit_events_came()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM everruns_auth_tell('audit', ARRAY(
        SELECT jsonb_build_object(
            'id', r.id, 'at', r.at, 'action', r.action, 'outcome', r.outcome,
            'actor_id', r.actor_id,
            'actor_email', (SELECT email FROM users WHERE id = r.actor_id),
            'user_id', r.user_id,
            'user_email', (SELECT email FROM users WHERE id = r.user_id),
            'ip_address', r.ip_address, 'user_agent', r.user_agent, 'request_id', r.request_id,
            'detail', r.detail
        ) FROM new_rows r WHERE true LIMIT 1001
    ));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_day(moment timestamp with time zone)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    SELECT CASE WHEN moment IS NULL THEN -1
        ELSE floor(extract(epoch FROM LEAST(GREATEST(moment, 'epoch'), '9999-01-01Z')) / 86400)::int
    END
$function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_emptied()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    -- Taken away and not deleted: where somebody sums up meanwhile, the sum is another row already.
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n")
    SELECT "what", "used_day", "expires_day", -sum("n") FROM "auth_tallies"
    WHERE "what" = ANY (TG_ARGV::text[]) GROUP BY 1, 2, 3;
    PERFORM everruns_auth_tell('reset', ARRAY['{}'::jsonb]);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_refresh_tokens_came()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n")
    SELECT what, used_day, expires_day, sum(n) FROM (
        SELECT counted.*, 1 AS n FROM (
        SELECT 'refresh_tokens' AS what, 0 AS used_day,
            everruns_auth_day(r.expires_at) AS expires_day FROM new_rows r
        ) AS counted
    ) AS moved GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
    PERFORM everruns_auth_tell('session_opened', ARRAY(
        SELECT jsonb_build_object('id', r.id, 'user_id', r.user_id) FROM new_rows r WHERE true LIMIT 1001
    ));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_refresh_tokens_deleted()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM everruns_auth_say('session', ARRAY(SELECT o.id FROM old_rows o LIMIT 101));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_refresh_tokens_moved()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_nestloop TO 'off'
 SET jit TO 'off'
AS $function$
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n")
    SELECT what, used_day, expires_day, sum(n) FROM (
        SELECT counted.*, -1 AS n FROM (
        SELECT 'refresh_tokens' AS what, 0 AS used_day,
            everruns_auth_day(r.expires_at) AS expires_day FROM old_rows r
        ) AS counted UNION ALL SELECT counted.*, 1 AS n FROM (
        SELECT 'refresh_tokens' AS what, 0 AS used_day,
            everruns_auth_day(r.expires_at) AS expires_day FROM new_rows r
        ) AS counted
    ) AS moved GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_refresh_tokens_updated()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_nestloop TO 'off'
 SET jit TO 'off'
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM everruns_auth_say('session', ARRAY(
        SELECT o.id FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
        WHERE n.id IS NULL OR o.user_id IS DISTINCT FROM n.user_id OR n.expires_at < o.expires_at LIMIT 101
    ));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_refresh_tokens_went()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n")
    SELECT what, used_day, expires_day, sum(n) FROM (
        SELECT counted.*, -1 AS n FROM (
        SELECT 'refresh_tokens' AS what, 0 AS used_day,
            everruns_auth_day(r.expires_at) AS expires_day FROM old_rows r
        ) AS counted
    ) AS moved GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
    PERFORM everruns_auth_tell('session_ended', ARRAY(
        SELECT jsonb_build_object('id', r.id, 'user_id', r.user_id) FROM old_rows r WHERE true LIMIT 1001
    ));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_say(kind text, ids uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    payload text;
BEGIN
    IF COALESCE(cardinality(ids), 0) = 0 THEN
        RETURN;
    END IF;
    payload := 'all';
    IF cardinality(ids) <= 100 THEN
        SELECT string_agg(kind || ':' || id, ',') INTO payload FROM unnest(ids) AS id;
        IF octet_length(payload) > 7900 THEN
            payload := 'all';
        END IF;
    END IF;
    PERFORM pg_notify('everruns_auth_changes', payload);
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_say_all()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM pg_notify('everruns_auth_changes', 'all');
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_tell(kind text, items jsonb[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'public', 'pg_temp'
AS $function$
    INSERT INTO "auth_events" ("kind", "items")
    SELECT CASE WHEN cardinality(items) > 1000 THEN 'reset' ELSE kind END,
        CASE WHEN cardinality(items) > 1000 THEN '[{}]' ELSE to_jsonb(items) END
    WHERE cardinality(items) > 0
$function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_users_came()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n")
    SELECT what, used_day, expires_day, sum(n) FROM (
        SELECT counted.*, 1 AS n FROM (
        SELECT t.what, 0 AS used_day, 0 AS expires_day FROM new_rows r CROSS JOIN LATERAL (VALUES
            ('users', true),
            ('disabled', r.disabled_at IS NOT NULL),
            ('operators', r.disabled_at IS NULL AND r.roles @> '["admin"]')
        ) AS t(what, is_counted) WHERE t.is_counted AND r.id <> '00000000-0000-0000-0000-000000000001'
        ) AS counted
    ) AS moved GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
    PERFORM everruns_auth_tell('user_changed', ARRAY(
        SELECT jsonb_build_object('id', r.id, 'change', 'created') FROM new_rows r WHERE true LIMIT 1001
    ));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_users_deleted()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM everruns_auth_say('user', ARRAY(SELECT o.id FROM old_rows o LIMIT 101));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_users_found()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM "users_search" WHERE "id" = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO "users_search" ("id", "text", "email", "name", "created_at")
        VALUES (NEW.id, lower(E'\n\n' || NEW."email" || E'\n\n' || NEW."name"), NEW."email", NEW."name", NEW."created_at")
        ON CONFLICT ("id") DO UPDATE SET ("text", "email", "name", "created_at") = ROW (EXCLUDED."text", EXCLUDED."email", EXCLUDED."name", EXCLUDED."created_at");
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_users_found_none()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    TRUNCATE "users_search";
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_users_moved()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_nestloop TO 'off'
 SET jit TO 'off'
AS $function$
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n")
    SELECT what, used_day, expires_day, sum(n) FROM (
        SELECT counted.*, -1 AS n FROM (
        SELECT t.what, 0 AS used_day, 0 AS expires_day FROM old_rows r CROSS JOIN LATERAL (VALUES
            ('users', true),
            ('disabled', r.disabled_at IS NOT NULL),
            ('operators', r.disabled_at IS NULL AND r.roles @> '["admin"]')
        ) AS t(what, is_counted) WHERE t.is_counted AND r.id <> '00000000-0000-0000-0000-000000000001'
        ) AS counted UNION ALL SELECT counted.*, 1 AS n FROM (
        SELECT t.what, 0 AS used_day, 0 AS expires_day FROM new_rows r CROSS JOIN LATERAL (VALUES
            ('users', true),
            ('disabled', r.disabled_at IS NOT NULL),
            ('operators', r.disabled_at IS NULL AND r.roles @> '["admin"]')
        ) AS t(what, is_counted) WHERE t.is_counted AND r.id <> '00000000-0000-0000-0000-000000000001'
        ) AS counted
    ) AS moved GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
    PERFORM everruns_auth_tell('user_changed', ARRAY(
        SELECT jsonb_build_object('id', r.id, 'change', 'updated') FROM old_rows o JOIN new_rows r ON r.id = o.id WHERE (o.email, o.name, o.avatar_url, o.roles, o.email_verified, o.disabled_at) IS DISTINCT FROM (r.email, r.name, r.avatar_url, r.roles, r.email_verified, r.disabled_at) LIMIT 1001
    ));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_users_updated()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_nestloop TO 'off'
 SET jit TO 'off'
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM everruns_auth_say('user', ARRAY(
        SELECT o.id FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
        WHERE n.id IS NULL OR (o.email, o.name, o.avatar_url, o.roles, o.email_verified, o.disabled_at) IS DISTINCT FROM (n.email, n.name, n.avatar_url, n.roles, n.email_verified, n.disabled_at) LIMIT 101
    ));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.everruns_auth_users_went()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n")
    SELECT what, used_day, expires_day, sum(n) FROM (
        SELECT counted.*, -1 AS n FROM (
        SELECT t.what, 0 AS used_day, 0 AS expires_day FROM old_rows r CROSS JOIN LATERAL (VALUES
            ('users', true),
            ('disabled', r.disabled_at IS NOT NULL),
            ('operators', r.disabled_at IS NULL AND r.roles @> '["admin"]')
        ) AS t(what, is_counted) WHERE t.is_counted AND r.id <> '00000000-0000-0000-0000-000000000001'
        ) AS counted
    ) AS moved GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
    PERFORM everruns_auth_tell('user_changed', ARRAY(
        SELECT jsonb_build_object('id', r.id, 'change', 'deleted') FROM old_rows r WHERE true LIMIT 1001
    ));
    RETURN NULL;
END $function$;

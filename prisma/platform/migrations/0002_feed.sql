-- What this module published, in order. It only grows.
create sequence feed_position maxvalue 281474976710655; -- 48 bits; see next_feed_position

create table feed (
  position bigint primary key,
  -- made by the publisher, version 7
  id uuid not null,
  type text not null,
  subject text not null,
  time timestamptz not null default clock_timestamp(),
  data jsonb not null,
  traceparent text
);

alter sequence feed_position owned by feed.position;

-- The advisory lock that says: "a transaction may still append behind this position". 16 bits
-- name the feed, 48 hold the position. Two feeds of one database may share a number: then one may
-- have to wait for the other's open transactions, and nothing is skipped.
create function feed_lock(feed regclass, after bigint) returns bigint language sql immutable as
  'select (feed::oid::bigint & 65535) << 48 | after';

-- The next position. Positions are given out before commit, so a lower one may be committed later
-- than a higher one. Hence each transaction, before it takes its first, locks the last position
-- given out so far, shared, until its end: nobody waits for that, and read_feed stops there.
--
-- reviewed: setting: one of its own, for the rest of the transaction
-- reviewed: unreadable: the sequence is the one that the column's default names
-- Once per transaction, since thousands of locks would exhaust the server's memory. What a rollback
-- to a savepoint undoes is both: the lock, and the setting that remembers it.
create function next_feed_position(feed regclass) returns bigint language plpgsql as $$
declare
  mark constant text := feed::oid || ' ' || pg_current_xact_id();
begin
  if current_setting('feed.locked', true) is distinct from mark then
    perform pg_advisory_xact_lock_shared(feed_lock(feed, coalesce(pg_sequence_last_value(feed), 0)));
    perform set_config('feed.locked', mark, true);
  end if;
  return nextval(feed);
end $$;

alter table feed alter position set default next_feed_position('feed_position');

-- Up to `most` events behind the position `after`, in order, and none before all below it have
-- been decided. The only way to read a feed.
--
-- Why nothing is skipped: take a transaction that appended at or below the last position seen in
-- (1), and that is not visible in (3). It had locked a lower position before it took its own, so
-- before (1). In (2) it either still holds that lock, and (3) stops below its event; or it had
-- ended, and Postgres makes a commit visible before it releases the locks: then (3) would see it.
-- That takes the order (1), (2), (3), and a snapshot of its own for each.
--
-- Why nothing stalls: only transactions that append to this feed hold its locks. How long others
-- stay open, here or in another database, does not matter.
create function read_feed(after bigint, most int) returns setof feed language plpgsql as $$
declare
  last bigint;
  undecided bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' or pg_is_in_recovery() then
    raise 'a feed is read on the primary, and in "read committed", where each statement has a snapshot of its own';
  end if;
  -- Most of the time there is nothing new, and the lock table need not be looked at.
  if not exists (select from feed where position > after) then
    return;
  end if;
  -- (1)
  last := pg_sequence_last_value('feed_position');
  -- (2) pg_locks has a lock's 64 bits in two halves, and shows those of all databases.
  select min((classid::bigint & 65535) << 32 | objid::bigint) into undecided
  from pg_locks
  where locktype = 'advisory' and objsubid = 1
    and classid::bigint >> 16 = 'feed_position'::regclass::oid::bigint & 65535
    and database = (select oid from pg_database where datname = current_database());
  -- (3)
  return query
    select * from feed where position > after and position <= least(last, undecided)
    order by position limit most;
end $$;

-- How many events lie behind a position, and for how many seconds the oldest of them has.
create function feed_behind(after bigint, out events bigint, out seconds double precision)
language sql stable as $$
  select count(*), coalesce(extract(epoch from clock_timestamp() - min(time)), 0)
  from feed where position > after
$$;

-- How far this module has read the feeds of others.
create table cursor (
  feed text primary key,
  -- the last event that took effect here
  position bigint not null default 0,
  -- what was published until then has taken effect here; null before anything is known
  current_at timestamptz,
  -- the one process that reads for this module at present; it renews its hold or loses it
  holder uuid,
  held_until timestamptz
);

-- Events that were put aside, so that those of other subjects could go on.
create table parked (
  feed text not null,
  position bigint not null,
  subject text not null,
  -- as the feed had it
  event jsonb not null,
  reason text not null check (reason in ('failed', 'bad payload', 'unknown version', 'behind')),
  error text,
  -- the first parked event of the subject, when this one only waits for that
  behind bigint,
  attempts int not null default 0,
  parked_at timestamptz not null default now(),
  -- whether somebody asked for another try
  wanted text check (wanted = 'retry'),
  primary key (feed, position)
);

create index parked_subject on parked (feed, subject, position);

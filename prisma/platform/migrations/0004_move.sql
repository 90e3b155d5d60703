-- For moving this module's rows to another database while they are written. Two databases have the
-- schema then. Each is a side, and at most one of them is open.

-- The epochs at which this side may be written. A module's epochs only grow, and each is opened on
-- one side only. So a side that is closed at a new one was never open at it in anybody's snapshot,
-- however old that is; and to open a side takes no lock and no DDL.
create table opened (
  epoch bigint primary key,
  opened_at timestamptz not null default now()
);

-- What is written last before a side is left: once it has arrived on the other side, so has
-- everything before it.
create table marker (
  epoch bigint not null,
  step text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (epoch, step)
);

-- The role that the module's code logs in as may write to every table of its schema. To these two
-- it may not, lest the code open a side that a move has closed.
create function owners_only() returns trigger language plpgsql as $$
begin
  if not pg_has_role((select relowner from pg_class where oid = tg_relid), 'usage') then
    raise insufficient_privilege
      using message = format('permission denied for table %s: only its owner writes to it', tg_table_name);
  end if;
  return null;
end $$;

create trigger owners_only before insert or update or delete on opened
  for each statement execute function owners_only();
create trigger owners_only before insert or update or delete on marker
  for each statement execute function owners_only();

-- A move puts this on each table of a side that it closes or has not opened yet, as the trigger
-- zz_fence before every writing statement. Its argument is the epoch at which the table opens.
-- Replication writes as a replica, and so passes.
--
-- reviewed: setting: that of the migration, for who writes under another path, as an admin does
create function fence() returns trigger language plpgsql set search_path from current as $$
begin
  if not exists (select from opened where epoch = tg_argv[0]::bigint) then
    raise sqlstate 'MV001' using
      message = format('the table %s is closed here until epoch %s', tg_table_name, tg_argv[0]);
  end if;
  return null;
end $$;

-- True on a side that is open. It raises what the fence would where the feed is closed, so that it
-- may stand in the WHERE of the statement that reads: it sees what that one sees.
create function feed_is_open() returns boolean language plpgsql stable as $$
declare
  closed text;
begin
  -- The bytes of a trigger's arguments end with a zero each.
  select split_part(encode(tgargs, 'escape'), '\000', 1) into closed
  from pg_trigger
  where tgrelid = 'feed'::regclass and tgname = 'zz_fence'
    and not exists (
      select from opened where epoch = split_part(encode(tgargs, 'escape'), '\000', 1)::bigint);
  if closed is not null then
    raise sqlstate 'MV001' using message = format('the feed is closed here until epoch %s', closed);
  end if;
  return true;
end $$;

-- As in 0002_feed.sql, and only on a side that is open: replication brings events in the order of
-- their commits, so that on a side which it fills a lower position may come after a higher one.
-- Whoever read there would skip it.
create or replace function read_feed(after bigint, most int) returns setof feed language plpgsql as $$
declare
  last bigint;
  undecided bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' or pg_is_in_recovery() then
    raise 'a feed is read on the primary, and in "read committed", where each statement has a snapshot of its own';
  end if;
  -- Most of the time there is nothing new, and the lock table need not be looked at.
  if (select not exists (select from feed where position > after) and feed_is_open()) then
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
  -- (3) Open in this snapshot, though perhaps not yet in (1) or (2): a side is opened when all that
  -- the other one decided has arrived, so nothing up to `last` is missing in it.
  return query
    select * from feed where feed_is_open() and position > after and position <= least(last, undecided)
    order by position limit most;
end $$;

create or replace function feed_behind(after bigint, out events bigint, out seconds double precision)
language sql stable as $$
  select count(*), coalesce(extract(epoch from clock_timestamp() - min(time)), 0)
  from feed where feed_is_open() and position > after
$$;

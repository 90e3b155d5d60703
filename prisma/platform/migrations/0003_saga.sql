-- A sequence of contract calls under way, or ended: what it was given, where it is, what it got.
create table saga (
  id text primary key,
  name text not null,
  input jsonb not null,
  state text not null default 'running'
    check (state in ('running', 'compensating', 'completed', 'compensated')),
  -- the step begun last; whether it took effect is not known
  step text,
  -- whether the step that cannot be taken back has been begun: from then on there is only forward
  past_pivot boolean not null default false,
  -- what each finished step answered, by its name
  results jsonb not null default '{}',
  -- why the finished steps are compensated
  reason jsonb,
  -- somebody's wish to cancel, until it is granted
  cancelling jsonb,
  -- failures in a row, and how many of them nobody foresaw: only those are given up
  attempts int not null default 0,
  unforeseen int not null default 0,
  failure text,
  next_at timestamptz not null default now(),
  -- set when only a person can go on
  parked_at timestamptz,
  -- who drives it; every write of a driver asks for its own token, so that one who lost it stops
  holder uuid,
  held_until timestamptz,
  started_at timestamptz not null default now(),
  ended_at timestamptz
);

create index saga_due_idx on saga (next_at)
  where state in ('running', 'compensating') and parked_at is null;

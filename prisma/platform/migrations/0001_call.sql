-- What this module answered to a mutation, so that the same key acts once and gets the same answer.
create table call (
  procedure text not null,
  key text not null,
  -- SHA-256 of the input; '*' where the answer holds for any input, as after a compensation
  input_hash text not null,
  -- { "output": ... } or { "refusal": { "code", "status", "title", "values" } }
  answer jsonb not null,
  answered_at timestamptz not null default now(),
  primary key (procedure, key)
);

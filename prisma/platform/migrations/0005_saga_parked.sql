-- Those that wait for a person are few, and counted whenever somebody looks at the metrics.
-- reviewed: index: one pass over the table, for which new sagas wait; what the platform migrates is a transaction
create index saga_parked_idx on saga (parked_at) where parked_at is not null;

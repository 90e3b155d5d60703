/**
 * What the attacks aim at: the same objects in every module's schema, so that an attack works on
 * any module, and its control on the attacker's own. Made and dropped by the owner role.
 */
export const CREATE_PROBES = `
  begin;
  create table probe_table (id int primary key, label text not null);
  insert into probe_table select n, 'confidential' from generate_series(1, 3) as n;
  analyze probe_table;
  create table probe_spare (id int);
  create table probe_parent (id int) partition by list (id);
  create view probe_view as table probe_table;
  create materialized view probe_copy as table probe_table;
  create sequence probe_sequence;
  select nextval('probe_sequence');
  create type probe_state as enum ('open');
  create type probe_pair as (one int, other int);
  create domain probe_domain as int;
  create function probe_count() returns bigint language sql as 'select count(*) from probe_table';
  create function probe_equal(int, int) returns boolean language sql as 'select $1 = $2';
  create function probe_trigger() returns trigger language plpgsql as 'begin return new; end';
  create function probe_event() returns event_trigger language plpgsql as 'begin end';
  create procedure probe_procedure() language sql as '';
  select lo_from_bytea(0, 'confidential');
  commit`;

export const DROP_PROBES = `
  begin;
  drop table probe_table, probe_spare, probe_parent cascade;
  drop sequence probe_sequence;
  drop type probe_state, probe_pair, probe_domain;
  drop function probe_count, probe_equal, probe_trigger, probe_event;
  drop procedure probe_procedure;
  select lo_unlink(oid) from pg_largeobject_metadata
  where case when lomowner = current_user::regrole then lo_get(oid) end = 'confidential';
  commit`;

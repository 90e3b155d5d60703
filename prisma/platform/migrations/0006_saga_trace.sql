-- The W3C trace context of what started the saga, so that its steps are a part of that trace.
alter table saga add column traceparent text;

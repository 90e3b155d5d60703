/** Every point of the app's code at which a test may end a process. */
export const POINTS = [
  'orders.after-placing',
  'saga.before-step',
  'saga.after-step',
  'saga.after-journal',
  'saga.before-compensation',
  'saga.after-compensation',
  'saga.before-end',
  'saga.after-end',
  'call.before-commit',
  'call.after-commit',
  'billing.before-provider',
  'billing.before-outcome',
  'billing.after-outcome',
  'mail.before-delivery',
  'mail.half-delivered',
  'mail.after-delivery',
  'events.before-handlers',
  'events.mid-batch',
  'events.before-commit',
  'events.after-commit',
] as const;

/** Every point at which a test may end the mover. */
export const MOVE_POINTS = [
  'move.prepared',
  'move.copying',
  'move.copied',
  'move.armed',
  'move.table-closed',
  'move.fenced',
  'move.drained',
  'move.opened',
  'move.flipped',
  'move.old-stream-dropped',
  'move.streams-dropped',
  'move.home-left',
] as const;

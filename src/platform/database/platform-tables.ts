/** The tables that prisma/platform puts into every module's schema, beside the module's own. */
export const PLATFORM_TABLES: readonly string[] = [
  'call',
  'cursor',
  'feed',
  'marker',
  'opened',
  'parked',
  'saga',
];

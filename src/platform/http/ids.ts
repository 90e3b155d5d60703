import { v7 } from 'uuid';

/** A new id. Make it outside of a transaction, which may be run again. */
export const newId = (): string => v7();

/** What a keeper is started with. */
export interface KeeperOrder {
  /** Absolute path of the state folder. */
  readonly folder: string;
  /** How the name of a folder outside of the clone begins. */
  readonly name: string;
  /** Extra Postgres settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether nothing shall be left at the end, so that nothing needs to reach the disk. */
  readonly scratch: boolean;
}

/** Names of the files in the state folder. */
export const LOG = 'server.log';
export const PASSWORD = 'password';
/** While it is there, the server starts on its remembered port or not at all. */
export const PINNED = 'pinned';
/** Once it is there, the server's end is that of its data, too. */
export const RETIRED = 'retired';

/** Exit code of a keeper that found another one at work. */
export const YIELDED = 3;

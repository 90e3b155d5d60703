import { readProjectManifests, rootFolder } from '../project.js';
import { readTrackedFiles } from '../tracked-files.js';
import type { Manifest } from '#platform/manifest';

/** A project as its files say that it is. */
export interface Source {
  /** Absolute path of the root folder. */
  readonly root: string;
  /** The text files by path below the root. */
  readonly files: ReadonlyMap<string, string>;
  readonly manifests: readonly Manifest[];
}

/** This project's files and manifests. */
export const readSource = (): Source => ({
  root: rootFolder,
  files: readTrackedFiles(rootFolder),
  manifests: readProjectManifests(),
});

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Manifest, readManifests } from '#platform/manifest';

/** The clone's root folder. */
export const rootFolder = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The folder that holds one folder of schema and migrations per module, and the platform's. */
export const prismaFolder = `${rootFolder}/prisma`;

/** Where this clone keeps its own state: the embedded server's data and the clone's secret. */
export const dataFolder = `${rootFolder}/.data`;

/** The project's name as a Postgres identifier: the database's name and the stem of the roles. */
export const projectName: string = (
  JSON.parse(readFileSync(`${rootFolder}/package.json`, 'utf8')) as { name: string }
).name
  .replace(/^@.*\//, '')
  .replaceAll(/[^a-z0-9]+/g, '_');

/** The modules' manifests, sorted by name. */
export const readProjectManifests = (): Manifest[] => readManifests(`${rootFolder}/src/modules`);

/** The modules whose inside is in this project: those that have rows, migrations and tests here. */
export const readProjectModules = (): string[] =>
  readProjectManifests()
    .filter(({ remote }) => !remote)
    .map(({ name }) => name);

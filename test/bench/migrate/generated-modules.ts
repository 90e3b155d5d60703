import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prismaFolder, projectName } from '../../../scripts/lib/project.js';

/** A folder like `prisma/`, with modules made up for measuring. */
export interface GeneratedModules {
  readonly prismaFolder: string;
  readonly names: readonly string[];
  remove(): void;
}

/** What each migration makes, so that a module ends with five tables, keys and indexes. */
const MIGRATIONS = [
  ['20260101000000_init', ['item', 'kind']],
  ['20260201000000_notes', ['note', 'tag']],
  ['20260301000000_history', ['entry']],
] as const;

/** @param count how many modules; each has three migrations, beside the platform's own */
export function generateModules(count: number): GeneratedModules {
  const folder = mkdtempSync(join(tmpdir(), `${projectName}-migrate-`));
  cpSync(join(prismaFolder, 'platform'), join(folder, 'platform'), { recursive: true });
  const names = Array.from({ length: count }, (_, index) => `generated${index + 1}`);
  for (const name of names) writeModule(join(folder, name, 'migrations'));
  return {
    prismaFolder: folder,
    names,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function writeModule(folder: string): void {
  for (const [migration, tables] of MIGRATIONS) {
    mkdirSync(join(folder, migration), { recursive: true });
    writeFileSync(join(folder, migration, 'migration.sql'), tables.map(tableNamed).join('\n'));
  }
  writeFileSync(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n');
}

const tableNamed = (name: string) => `-- CreateTable
CREATE TABLE "${name}" (
    "id" UUID NOT NULL,
    "parent_id" UUID,
    "name" TEXT NOT NULL,
    "amount" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "${name}_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "${name}_parent_id_created_at_idx" ON "${name}"("parent_id", "created_at");

-- AddForeignKey
ALTER TABLE "${name}" ADD CONSTRAINT "${name}_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "${name}"("id") ON DELETE CASCADE ON UPDATE CASCADE;
`;

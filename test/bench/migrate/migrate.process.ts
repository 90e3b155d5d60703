import {
  migrate,
  type MigrationOptions,
  type MigrationTarget,
} from '../../../scripts/lib/migrations/index.js';

/** Migrates once, as `db:migrate` does, and tells how many seconds it took. */
interface Order {
  readonly targets: MigrationTarget[];
  readonly options: MigrationOptions;
}

process.once('message', ({ targets, options }: Order) => {
  const began = performance.now();
  void migrate(targets, options).then(() => {
    process.send?.((performance.now() - began) / 1000);
    process.disconnect();
  });
});

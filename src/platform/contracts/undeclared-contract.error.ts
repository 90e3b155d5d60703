/** A module asks for a contract that its manifest does not declare. */
export class UndeclaredContractError extends Error {
  override readonly name = 'UndeclaredContractError';

  constructor(
    readonly module: string,
    readonly asked: ReadonlyArray<{ by: string; contract: string }>,
    declared: readonly string[],
  ) {
    const wanted = [...declared, ...new Set(asked.map(({ contract }) => contract))];
    super(
      asked
        .map(
          ({ by, contract }) =>
            `"${by}" of the module "${module}" asks for the contract of "${contract}", which ` +
            `src/modules/${module}/module.json does not declare.`,
        )
        .join('\n') +
        `\n\nShould "${module}" know of it at all? Perhaps the code belongs on the other side, or ` +
        'an event would do.\nIf it should, write in src/modules/' +
        `${module}/module.json:\n\n  "calls": ${JSON.stringify(wanted)}\n\nSee docs/adding-a-module.md`,
    );
  }
}

/** What of a project's files outside `src` a module needs in a project of its own, as data. */
export const TAKEN: readonly RegExp[] = [
  // Settings, and what is told to people and machines about the whole.
  /^(?!CONTRIBUTING)[^/]+$/,
  /^\.github\//,
  /^prisma\/platform\//,
  // The operator's commands and the checks; what makes, removes or moves modules stays behind.
  /^scripts\/(?:start|postinstall|prisma-generate|placement-env|payment-provider|modules-map)\.[jt]s$/,
  // only: reporting
  /^scripts\/reporting-rebuild\.ts$/,
  // only: end
  /^scripts\/(?:db|events|sagas|migration|lint)-[a-z]+\.ts$/,
  // Support: what nobody uses any more is taken out of it afterwards.
  /^scripts\/lib\/(?!service\/|extraction\/|template\/|module\/files\/)/,
  /^test\/(?!bench\/|browser\/|fixtures\/|rehearsal\/|soak\/).*(?<!\.(?:spec|long)\.ts)$/,
];

import { INQUIRER, type ModulesContainer, Reflector, REQUEST } from '@nestjs/core';
import { type InstanceWrapper } from '@nestjs/core/injector/instance-wrapper';
import { type Module } from '@nestjs/core/injector/module';
import { StartRefused } from './database/start-check.js';
import { joinsPlatform } from './define-module.js';
import { PageSections } from './page/page-sections.js';

/** What a module's classes may be given that is not their module's own. */
const OFFERED: readonly unknown[] = [Reflector, REQUEST, INQUIRER, PageSections];

const REMEDY =
  'let it inject its own classes, and call others by contract. ' +
  'See docs/resolving-violations.md#loading-and-injection';

/**
 * Looks at what Nest has wired: that no module imports, exports or is given what is another one's.
 * The platform's own providers are visible to all modules, for `defineModule` to join them to it;
 * a module's class that takes one of them would hold every module's database.
 *
 * @param wiring the classes that join the modules, and are none
 * @throws {StartRefused} with all that was found
 */
export function checkWiring(container: ModulesContainer, wiring: readonly unknown[]): void {
  const joining = ({ metatype, name }: Module) =>
    wiring.includes(metatype) || name === 'InternalCoreModule';
  const faults = [...container.values()]
    .filter((module) => !joining(module))
    .flatMap((module) => [
      ...(module.isGlobal ? [`${module.name} is global; ${REMEDY}`] : []),
      ...[...module.imports]
        .filter((imported) => !joining(imported))
        .map(({ name }) => `${module.name} imports ${name}; ${REMEDY}`),
      ...[...module.exports].map((token) => `${module.name} exports ${named(token)}; ${REMEDY}`),
      ...foreignTo(module),
    ]);
  if (faults.length > 0) throw new StartRefused(faults);
}

function foreignTo(module: Module): string[] {
  const { providers, controllers, injectables } = module;
  return [providers, controllers, injectables]
    .flatMap((wrappers) => [...wrappers.values()])
    .filter(({ metatype }) => !joinsPlatform(metatype))
    .flatMap((wrapper) =>
      givenTo(wrapper)
        .filter(({ host, token }) => host !== module && !OFFERED.includes(token))
        .map(
          ({ host, token }) =>
            `${named(wrapper.token)} of ${module.name} is given ${named(token)} of ${host?.name}; ${REMEDY}`,
        ),
    );
}

const givenTo = (wrapper: InstanceWrapper): InstanceWrapper[] => [
  ...(wrapper.getCtorMetadata() ?? []).filter(Boolean),
  ...(wrapper.getPropertiesMetadata() ?? []).map((property) => property.wrapper),
];

const named = (token: unknown) => (typeof token === 'function' ? token.name : String(token));

import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { MetadataScanner } from '@nestjs/core';
import type { Manifest } from '../manifest.js';

/** One route of a module: an HTTP method, or `ALL`, and a path with its parameters. */
export interface PublicRoute {
  readonly method: string;
  readonly url: string;
}

/** The routes that the manifests of remote modules name, by module. */
export const remoteRoutes = (manifests: readonly Manifest[]): Map<string, PublicRoute[]> =>
  new Map(
    manifests
      .filter(({ remote }) => remote)
      .map(({ name, routes = [] }) => [
        name,
        routes.map((route) => {
          const [method = '', url = ''] = route.split(' ');
          return { method, url };
        }),
      ]),
  );

/** The routes of a module's controllers, which need not be made for that. */
export function publicRoutesOf(module: Type): PublicRoute[] {
  const controllers = (Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, module) ?? []) as Type[];
  return controllers.flatMap(routesOfController);
}

function routesOfController(controller: Type): PublicRoute[] {
  const prototype = controller.prototype as Record<string, object>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name] as object;
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    return pathsOf(controller).flatMap((prefix) =>
      pathsOf(handler).map((path) => ({ method: RequestMethod[method], url: join(prefix, path) })),
    );
  });
}

const pathsOf = (decorated: object): string[] =>
  [Reflect.getMetadata(PATH_METADATA, decorated) as string | string[]].flat();

const join = (...parts: readonly string[]) =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;

import { type INestApplicationContext, Injectable, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { parseAppConfig } from '#config';
import { ModuleDatabase } from '#platform/database';
import type { Transaction } from '#platform/database/module-database';
import { defineModule, manifestOf } from '#platform/define-module';
import type { Feed } from '#platform/events';
import { HostedModules } from '#platform/hosted-modules';
import type { Manifest } from '#platform/manifest';
import { loginRole, ownerRole, passwordOf, urlWith } from '#platform/database/names';
import { PlatformModule } from '#platform/platform.module';
import { dropProject } from '../../scripts/lib/provision/index.js';
import { appEnvironment, type Project, setUp } from '../../scripts/lib/set-up.js';
import { PrismaClient } from './prisma-client.js';
import { testProject } from './test-project.js';

/** The roles' limits are twice that; a spec runs several apps at once. */
const POOL_SIZE = 20;

/** Through which a spec tells a process that it starts of its project. */
export const FIXTURE_VARIABLE = 'FIXTURE_PROJECT';

export type FixtureTransaction = Transaction<PrismaClient>;

/**
 * Modules that only a spec has, with schema, roles and the platform's tables, in a database of
 * their own on the run's server.
 */
export class FixtureProject {
  constructor(readonly project: Project) {}

  /** @param modules whose schemas hold the platform's tables and nothing else */
  static open(...modules: string[]): Promise<FixtureProject> {
    return FixtureProject.openAs('f', ...modules);
  }

  /** @param letter of which each names a database and roles of its own */
  static async openAs(letter: string, ...modules: string[]): Promise<FixtureProject> {
    const { adminUrl, secret, name: base } = testProject();
    const name = `${base}_${letter}${process.env['JEST_WORKER_ID']}`;
    const project = { adminUrl: urlWith(adminUrl, { database: name }), secret, name, modules };
    await dropProject(project);
    await setUp(project, { poolSize: POOL_SIZE });
    return new FixtureProject(project);
  }

  async close(): Promise<void> {
    await dropProject(this.project);
  }

  url(module: string, role: 'login' | 'owner' = 'owner'): string {
    const { adminUrl, secret, name } = this.project;
    const user = (role === 'login' ? loginRole : ownerRole)(name, module);
    return urlWith(adminUrl, { user, password: passwordOf(secret, user) });
  }

  /** Runs statements as a module's owner, and gives the rows of the last. */
  async sql<Row extends object>(module: string, text: string, values?: unknown[]): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url(module) });
    await client.connect();
    try {
      return [await client.query<Row>(text, values)].flat().at(-1)?.rows ?? [];
    } finally {
      await client.end();
    }
  }

  /** Starts an app of some of the modules, without HTTP. */
  async start(modules: readonly Type[], poolSize = 5): Promise<FixtureApp> {
    const environment = { POOL_SIZE: String(poolSize), ...appEnvironment(this.project) };
    const manifests = modules.map(manifestOf);
    const config = parseAppConfig(manifests, environment);
    const imports = [PlatformModule.register(config, manifests), ...modules];
    const app = { module: FixtureProject, imports };
    const options = { abortOnError: false, logger: false } as const;
    return new FixtureApp(await NestFactory.createApplicationContext(app, options));
  }
}

export class FixtureApp {
  constructor(readonly nest: INestApplicationContext) {}

  database(module: string): ModuleDatabase<PrismaClient> {
    const hosted = this.nest.get(HostedModules).inCallOrder();
    const found = hosted.find(({ manifest }) => manifest.name === module);
    return found?.database as ModuleDatabase<PrismaClient>;
  }

  close = (): Promise<void> => this.nest.close();
}

/** A Nest module that is made as a real one is. */
export function fixtureModule(
  manifest: Partial<Manifest> & { name: string },
  definition: { publishes?: Feed; hears?: Type[] } = {},
): Type {
  @Injectable()
  class FixtureDatabase extends ModuleDatabase<PrismaClient> {}
  const database = { type: FixtureDatabase, client: PrismaClient };
  const complete = { calls: [], hears: [], ...manifest };
  @Module(defineModule(complete, { database, ...definition }))
  class FixtureModule {}
  return FixtureModule;
}
